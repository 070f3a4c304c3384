// Lanes of a session share a thread fairly.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { openSession, prepare, work } from "#page/worker/session.js";
import { SIZE, data } from "./lanes.mjs";

describe("lanes of a session", () => {
  const specs = [{ id: "a", network: {}, training: {} }, { id: "b", network: { hidden: [64] }, training: {} }];

  test("keep level in samples", () => {
    const session = openSession("race", specs, 3000, data);
    prepare(session, { measure: "samples" });
    let apart = 0;
    while (work(session, 0)) apart = Math.max(apart, Math.abs(session.lanes[0].samples - session.lanes[1].samples));
    assert.ok(apart < 1500, `${apart} samples apart`);
    assert.deepEqual(session.lanes.map(({ samples }) => samples), [3000, 3000]);
    assert.ok(session.lanes[1].seconds > session.lanes[0].seconds, "64 units take longer than 20");
  });

  test("keep level in seconds", () => {
    const session = openSession("race", specs, 20000, data);
    prepare(session, { measure: "seconds" });
    for (let turn = 0; turn < 6; turn++) work(session, 0);
    const [a, b] = session.lanes;
    assert.ok(a.samples > b.samples, "the smaller network sees more samples in the same time");
    assert.ok(Math.abs(a.seconds - b.seconds) < 0.08, `${a.seconds} and ${b.seconds} s`);
  });

  test("say whether they begin alike", () => {
    const begin = (...all) =>
      openSession("race", all.map((training, i) => ({ id: `${i}`, network: {}, training })), 10, data).sameStart;
    assert.ok(begin({}, { learning_rate: 1 }, { batch_size: 32 }));
    assert.ok(!begin({}, { seed: 1 }));
    assert.ok(!begin({}, { fault: "zero_weights" }));
    assert.ok(!openSession("race", specs, 10, data).sameStart);
  });

  test("go no faster than the pace", () => {
    const session = openSession("train", specs.slice(0, 1), null, data);
    prepare(session, { pace: 100 });
    for (let turn = 0; turn < 10; turn++) assert.ok(work(session, 50));
    assert.ok(session.lanes[0].samples >= 49 && session.lanes[0].samples <= 51, `${session.lanes[0].samples} samples`);
  });

  test("stop where they are asked to", () => {
    const session = openSession("train", specs.slice(0, 1), null, data);
    prepare(session, { until: "epoch" });
    while (work(session, 0));
    assert.equal(session.lanes[0].samples, SIZE);
    prepare(session, { until: SIZE + 10 });
    while (work(session, 0));
    assert.equal(session.lanes[0].samples, SIZE + 10);
  });
});
