// A thin pen is thickened as in the library, byte for byte once it is framed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { frameDigit, thicken } from "#page/core/thicken.js";
import { bytes, golden } from "../support.mjs";

for (const [name, { width, height, ink, framed }] of Object.entries(golden("thickening"))) {
  test(`${name} is thickened and framed byte for byte`, () => {
    const drawn = bytes(ink);
    assert.deepEqual(frameDigit(drawn, width, height), bytes(framed));
    assert.deepEqual(frameDigit(Float64Array.from(drawn, (byte) => byte / 255), width, height), bytes(framed));
  });
}

const bar = (wide) => Uint8Array.from({ length: 6000 }, (_, i) => (i % 60 >= 20 && i % 60 < 20 + wide ? 200 : 0));

test("a thin bar grows, a thick one and a blank are returned as they are", () => {
  const thin = thicken(bar(2), 60, 100);
  assert.deepEqual([thin.width, thin.height], [10, 108]);
  assert.deepEqual([Math.min(...thin.values.slice(540, 550)), Math.max(...thin.values)], [200 / 255, 200 / 255]);
  for (const ink of [bar(8), new Uint8Array(6000)]) assert.equal(thicken(ink, 60, 100).values, ink);
});

test("a blank is an error in one line", () => {
  assert.throws(() => frameDigit(new Uint8Array(12), 4, 3), { name: "InkError", message: /the picture is blank/ });
});
