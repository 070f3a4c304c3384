// Ink of photographs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { frame } from "#page/core/framing.js";
import { findInk } from "#page/rooms/draw/photo.js";
import { few } from "./networks.mjs";

/** A digit photographed: uneven light, dark ink or chalk. */
function photo(digit, dark) {
  const side = 140;
  return Float64Array.from({ length: side * side }, (_, n) => {
    const [x, y] = [n % side, Math.floor(n / side)];
    const [u, v] = [Math.floor((x - 14) / 4), Math.floor((y - 14) / 4)];
    const ink = u >= 0 && u < 28 && v >= 0 && v < 28 ? digit[28 * v + u] / 255 : 0;
    const paper = 0.6 + (0.3 * x) / side;
    return dark ? paper * (1 - 0.75 * ink) : 1 - paper * (1 - 0.75 * ink);
  });
}

for (const dark of [true, false]) {
  test(`${dark ? "dark ink" : "chalk"} in uneven light becomes the digit that was written`, () => {
    for (const i of [0, 1, 2, 3]) {
      const digit = few.images.subarray(784 * i, 784 * (i + 1));
      const { ink, width, height } = findInk(photo(digit, dark), 140, 140);
      const framed = frame(ink, width, height);
      const overlap = framed.reduce((sum, value, n) => sum + Math.min(value, digit[n]), 0);
      const total = framed.reduce((sum, value, n) => sum + Math.max(value, digit[n]), 0);
      assert.ok(overlap / total > 0.6, `image ${i}: ${overlap / total}`);
    }
  });
}

test("a blank sheet has no ink", () => {
  assert.throws(() => findInk(new Float64Array(100).fill(0.8), 10, 10), /blank/);
});
