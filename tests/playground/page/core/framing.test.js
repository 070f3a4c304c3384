// The same ink gives the same picture as in the library, byte for byte.
import assert from "node:assert/strict";
import { test } from "node:test";

import { SIDE, frame } from "#page/core/framing.js";
import { bytes, golden } from "../support.mjs";

for (const [name, { width, height, ink, scale, framed }] of Object.entries(golden("framing"))) {
  test(`${name} (scale ${scale}) is framed byte for byte`, () => {
    const drawn = bytes(ink);
    const values = scale === 1 ? drawn : Float64Array.from(drawn, (byte) => (byte / 255) * scale);
    assert.deepEqual(frame(values, width, height), bytes(framed));
  });
}

test("bytes of a canvas count as bytes", () => {
  const ink = Uint8Array.from({ length: 600 }, (_, i) => (i % 20 > 8 && i % 20 < 12 ? 200 : 0));
  assert.deepEqual(frame(Uint8ClampedArray.from(ink), 20, 30), frame(ink, 20, 30));
  assert.equal(frame(ink, 20, 30).length, SIDE * SIDE);
});

test("a canvas of the playground's size is framed, which a pass over it for each pixel would never do", () => {
  const side = 560;
  const distance = (i) => Math.hypot((i % side) - 280, i / side - 280);
  const ink = Float64Array.from({ length: side * side }, (_, i) => (distance(i) < 200 ? 1 : 0));
  assert.equal(frame(ink, side, side).length, SIDE * SIDE);
});

for (const [what, ink, message] of [
  ["no ink", new Uint8Array(12), /the picture is blank/],
  ["a wrong size", new Uint8Array(13), /13 values, but the picture has 4 × 3/],
  ["NaN", new Float64Array(12).fill(NaN), /negative or not finite/],
  ["ink below 0", new Float64Array(12).fill(-1), /negative or not finite/],
]) {
  test(`${what} is an error in one line`, () => {
    assert.throws(() => frame(ink, 4, 3), { name: "InkError", message });
  });
}
