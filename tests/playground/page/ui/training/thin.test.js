// Long trainings keep the beginning, the end and an even share of what is between.
import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseFew, thinMoments, thinPoints } from "#page/ui/training/thin.js";

test("of many epochs an even share is kept", () => {
  const early = [0, 100, 300].map((offset) => ({ epoch: 0, offset }));
  let kept = early;
  for (let epoch = 1; epoch <= 1000; epoch++) kept = thinMoments([...kept, { epoch, offset: 0 }]);
  const epochs = kept.slice(3).map(({ epoch }) => epoch);
  assert.deepEqual(kept.slice(0, 3), early);
  assert.deepEqual([epochs[0], epochs.at(-1)], [1, 1000]);
  assert.ok(epochs.length <= 130 && epochs.length >= 60);
  assert.equal(Math.max(...epochs.slice(1).map((epoch, i) => epoch - epochs[i])), 16);
  assert.deepEqual(thinMoments(early), early);
});

test("points give way from the beginning on", () => {
  const points = Array.from({ length: 5000 }, (_, samples) => ({ samples }));
  thinPoints(points);
  assert.deepEqual([points.length, points[0].samples, points.at(-1).samples], [3000, 0, 4999]);
  assert.deepEqual(points.slice(-1000).map(({ samples }) => samples), Array.from({ length: 1000 }, (_, i) => 4000 + i));
});

test("a few of many have the first, the last and the chosen one", () => {
  for (const chosen of [0, 1, 7, 498, 499]) {
    const few = chooseFew(500, chosen, 24);
    assert.ok(few.includes(chosen) && few[0] === 0 && few.at(-1) === 499);
    assert.deepEqual(few, [...new Set(few)].sort((a, b) => a - b));
    assert.ok(few.length <= 25);
  }
  assert.deepEqual(chooseFew(3, 1, 24), [0, 1, 2]);
});
