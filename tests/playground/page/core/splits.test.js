// Subsets and hold-outs have the library's rows.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as random from "#page/core/random.js";
import { holdOut, subset } from "#page/core/splits.js";
import { golden, mnist } from "../support.mjs";

const expected = golden("random");
const { DROPOUT, HOLD_OUT, SUBSET } = random.PURPOSES;
const k = random.fold(random.key(BigInt(expected.seed)), DROPOUT, 2 ** 35 + 7);

test("a subset has the same rows", () => {
  const { labels } = mnist("train", 1000);
  assert.deepEqual([...subset(labels, 33, random.fold(k, SUBSET))], expected.subset);
});

test("a hold-out has the same rows, and leaves the others", () => {
  const { labels } = mnist("train", 1000);
  const { training, validation } = holdOut(labels, 0.125, random.fold(k, HOLD_OUT));
  assert.deepEqual([training.length, [...validation]], expected.held_out);
  assert.deepEqual([...training, ...validation].sort((a, b) => a - b), [...Array(1000).keys()]);
});

test("more rows than there are is an error in one line", () => {
  assert.throws(() => subset(new Uint8Array(5), 6, k), /^DataError: cannot choose 6 of 5 images/);
});
