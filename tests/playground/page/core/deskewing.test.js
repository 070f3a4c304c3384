// The same picture is sheared as in the library, byte for byte, wherever a network is given it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { makeNetworkConfig } from "#page/core/config.js";
import { deskew } from "#page/core/deskewing.js";
import { evaluate } from "#page/core/evaluation.js";
import { create, forward } from "#page/core/network.js";
import { bytes, golden, near } from "../support.mjs";

const cases = Object.entries(golden("deskewing")).map(([name, { pixels, upright }]) =>
  ({ name, pixels: bytes(pixels), upright: bytes(upright) }));

for (const { name, pixels, upright } of cases) {
  test(`${name} is sheared byte for byte`, () => {
    const found = new Uint8Array(pixels.length);
    deskew(pixels, found);
    assert.deepEqual(found, upright);
  });
}

test("a picture among others is found by where it begins", () => {
  const [first, second] = cases;
  const found = new Uint8Array(784);
  deskew(Uint8Array.of(...first.pixels, ...second.pixels), found, 784);
  assert.deepEqual(found, second.upright);
});

test("a network that deskews is given the upright picture, in both forms", () => {
  const plain = create({ hidden: [6] }, 3);
  const network = { ...plain, config: makeNetworkConfig({ ...plain.config, prepare: "deskew" }) };
  const digits = cases.slice(0, 10);
  for (const { pixels, upright } of digits) {
    const expected = forward(plain, upright).a[2];
    assert.deepEqual(forward(network, pixels).a[2], expected);
    near(forward(network, Float64Array.from(pixels, (p) => p / 255)).a[2], expected, 1e-12);
  }
  const all = (which) => Uint8Array.from(digits.flatMap((one) => [...one[which]]));
  const labels = Uint8Array.from(digits, (_, i) => i);
  assert.deepEqual(evaluate(network, all("pixels"), labels), evaluate(plain, all("upright"), labels));
});

test("other preparations and pictures are an error in one line", () => {
  assert.throws(() => makeNetworkConfig({ prepare: "crop=24" }), /^ConfigError: prepare is "crop=24", but here/);
  assert.throws(() => deskew(new Uint8Array(12), new Uint8Array(12)), /^ConfigError: only square pictures of up to/);
  assert.equal(makeNetworkConfig({ prepare: "" }).prepare, undefined);
});
