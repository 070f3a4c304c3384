// What is read along a slider, from where to where it stays, and how a distortion stands in an address.
import assert from "node:assert/strict";
import { test } from "node:test";

import { distort, STILL } from "#page/core/distort.js";
import { findRange, isStill, readAlong, readDistortion, writeDistortion } from "#page/rooms/draw/robust.js";
import { few } from "./networks.mjs";

const pixels = few.images.subarray(0, 784);

test("a strip reads the picture at each place of the slider, the other changes kept", () => {
  const ink = (picture) => picture.reduce((sum, value) => sum + value, 0);
  const strip = readAlong(pixels, { ...STILL, down: 2 }, "right", ink);
  assert.deepEqual([strip[0].value, strip[10].value, strip.at(-1).value], [-10, 0, 10]);
  for (const { value, digit } of strip) {
    assert.equal(digit, ink(distort(pixels, { ...STILL, down: 2, right: value })));
  }
});

test("the range is around the picture as it is", () => {
  const strip = [-2, -1, 0, 1, 2, 3].map((value, i) => ({ value, digit: [7, 1, 7, 7, 2, 7][i] }));
  assert.deepEqual(findRange(strip, 7), [0, 1]);
  assert.equal(findRange(strip, 3), null);
});

test("a distortion goes into an address and comes back, and nothing else does", () => {
  const distortion = { ...STILL, turn: -30, noise: 0.2 };
  const written = Object.entries(writeDistortion(distortion)).filter(([, value]) => value !== null);
  assert.deepEqual(readDistortion(new URLSearchParams(written)), distortion);
  assert.equal(written.length, 2);
  assert.ok(isStill(readDistortion(new URLSearchParams("turn=x"))));
  assert.equal(readDistortion(new URLSearchParams("turn=1000")).turn, 90);
});
