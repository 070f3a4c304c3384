// The generator gives the library's bits.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as random from "#page/core/random.js";
import { golden, near } from "../support.mjs";

const expected = golden("random");
const { DROPOUT } = random.PURPOSES;
const k = random.fold(random.key(BigInt(expected.seed)), DROPOUT, 2 ** 35 + 7);

test("a key is folded with numbers of more than 32 bits", () => {
  assert.deepEqual([k.k0, k.k1], expected.key);
});

test("threefry gives the known answer of its authors", () => {
  assert.deepEqual(random.threefry({ k0: 0, k1: 0 }, 0, 0), [0x6b200159, 0x99ba4efe]);
});

test("threefry gives the library's words", () => {
  for (const [c0, c1, ...words] of expected.threefry) assert.deepEqual(random.threefry(k, c0, c1), words);
});

test("a seed is the same as a number and as a bigint", () => {
  assert.deepEqual(random.key(2 ** 40 + 3), random.key(2n ** 40n + 3n));
});

test("even numbers are the same to the last bit", () => {
  assert.deepEqual([...random.uniform(k, 7)], expected.uniform);
});

test("normal numbers are the same but for the last bits of the logarithm", () => {
  near(random.normal(k, 7), expected.normal, 1e-14);
});

test("a shuffle is the same", () => {
  assert.deepEqual([...random.permutation(k, 100)], expected.permutation);
});

test("a shuffle of 60,000 has every number once", () => {
  const sorted = random.permutation(random.key(1), 60000).sort();
  assert.ok(sorted.every((number, i) => number === i));
});

test("the thresholds of dropout are the same", () => {
  for (const [rate, threshold] of expected.thresholds) assert.equal(random.keepThreshold(rate), threshold);
});

for (const { layer, units, rate, rows, keeps } of expected.dropout) {
  test(`dropout masks of layer ${layer} at rate ${rate} are the same`, () => {
    const found = rows.map((row) => [...random.dropoutKeeps(k, row, layer, units, rate)]);
    assert.deepEqual(found, keeps);
  });
}
