// Where a training stops: what an address says, and what is already reached.
import assert from "node:assert/strict";
import { test } from "node:test";

import { isMet, parseGoal, splitGoal } from "#page/ui/training/goal.js";

test("a goal is read from its text", () => {
  assert.deepEqual(["epochs:5", "accuracy:95", "patience:3", "", "never:2"].map(parseGoal),
    [{ epochs: 5 }, { accuracy: 0.95 }, { patience: 3 }, {}, {}]);
  assert.deepEqual(splitGoal("accuracy:95.5"), { kind: "accuracy", value: "95.5" });
});

test("a number that makes no sense is named", () => {
  assert.throws(() => parseGoal("epochs:0.5"), /"0.5" epochs; give a whole number/);
  assert.throws(() => parseGoal("accuracy:950"), /"950" %; give a number from 1 to 100/);
});

test("what is measured on some of the test images alone is not reached for sure", () => {
  const lane = (epoch, samples, accuracy) => ({ epoch, test: { samples, accuracy } });
  assert.equal(isMet({ epochs: 5 }, lane(5, 1000, 0.9)), true);
  assert.equal(isMet({ accuracy: 0.9 }, lane(1, 1000, 0.95)), false);
  assert.equal(isMet({ accuracy: 0.9 }, lane(1, 10_000, 0.95)), true);
  assert.equal(isMet({}, lane(9, 10_000, 1)), false);
});
