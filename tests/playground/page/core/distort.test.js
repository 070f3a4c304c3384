// A turned and shifted picture is the one that SciPy makes; noise is as strong as it says, and always the same.
import assert from "node:assert/strict";
import { test } from "node:test";

import { STILL, distort } from "#page/core/distort.js";
import { bytes, golden, mnist } from "../support.mjs";

const pixels = mnist("t10k", 1).images;

for (const [name, { distortion, pixels: expected }] of Object.entries(golden("distortions"))) {
  test(`a digit, ${name}`, () => {
    const found = distort(pixels, { ...STILL, ...distortion });
    const apart = bytes(expected).map((value, i) => Math.abs(value - found[i]));
    assert.ok(Math.max(...apart) <= 1, "no pixel differs by more than rounding");
  });
}

test("without a distortion the picture is the same", () => assert.equal(distort(pixels, STILL), pixels));

test("noise is as strong as it says, and always the same", () => {
  const grey = new Uint8Array(784).fill(128);
  const noisy = distort(grey, { ...STILL, noise: 0.1 });
  const mean = noisy.reduce((sum, value) => sum + value, 0) / 784;
  const spread = Math.sqrt(noisy.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 784);
  assert.ok(Math.abs(mean - 128) < 3 && Math.abs(spread - 25.5) < 2, `${mean} ± ${spread}`);
  assert.deepEqual(distort(grey, { ...STILL, noise: 0.1 }), noisy);
});
