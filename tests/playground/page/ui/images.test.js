// Images go by name.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nameImage, findImage } from "#page/ui/images.js";
import { few } from "../rooms/draw/networks.mjs";

test("pictures go through the address and back", async () => {
  for (const i of [0, 1, 2]) {
    const pixels = few.images.subarray(784 * i, 784 * (i + 1));
    assert.deepEqual((await findImage(null, nameImage(pixels))).pixels, pixels.slice());
  }
  assert.deepEqual((await findImage(null, nameImage(new Uint8Array(784)))).pixels, new Uint8Array(784));
  assert.equal(await findImage(null, "pixels:AAAA"), null);
  assert.equal(await findImage(null, "nonsense"), null);
});
