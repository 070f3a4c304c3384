// New networks and forward passes are the library's.
import assert from "node:assert/strict";
import { test } from "node:test";

import { makeNetworkConfig } from "#page/core/config.js";
import { copy, create, forward, countParameters, probabilities } from "#page/core/network.js";
import { allNear, golden, near } from "../support.mjs";

const EXACT = ["uniform", "he_uniform", "lecun_uniform", "zeros"];

for (const [name, expected] of Object.entries(golden("networks"))) {
  const network = create(expected.network, 2 ** 53 - 7);

  test(`initial weights ${name} are the library's`, () => {
    network.weights.forEach((W, k) => {
      if (EXACT.includes(name)) assert.deepEqual(W, Float32Array.from(expected.weights[k]));
      else near(W, expected.weights[k], 1e-6);
    });
    assert.ok(network.biases.every((b) => b.every((value) => value === 0)));
  });

  test(`the forward pass from weights ${name} is the library's`, () => {
    const { z, a } = forward(network, Uint8Array.from(expected.image));
    allNear(z, expected.z, 1e-6, "z");
    allNear(a.slice(0, -1), expected.a, 1e-6, "a");
    near(probabilities(network, z[z.length - 1]), expected.probabilities, 1e-6);
  });
}

test("the classic network has the library's weights to the last bit", () => {
  const { weights } = create({}, 0);
  assert.deepEqual(weights.map((W) => [W.length, W.constructor]), [[15680, Float32Array], [200, Float32Array]]);
});

test("floats count as they are, bytes as pixels", () => {
  const network = create({ inputs: 3, hidden: [2], outputs: 2 });
  const bytes = forward(network, Uint8Array.of(0, 51, 255)).a[0];
  assert.deepEqual(bytes, forward(network, Float64Array.of(0, 0.2, 1)).a[0]);
});

test("a copy shares nothing", () => {
  const network = create({ inputs: 3, hidden: [2], outputs: 2 });
  const other = copy(network);
  other.weights[0][0] = 7;
  other.biases[1][0] = 7;
  assert.notEqual(network.weights[0][0], 7);
  assert.equal(network.biases[1][0], 0);
});

test("parameters are counted", () => {
  assert.equal(countParameters(makeNetworkConfig()), 15910);
  assert.equal(countParameters(makeNetworkConfig({ hidden: [] })), 7850);
});

test("an image of the wrong size is an error in one line", () => {
  assert.throws(() => forward(create(), new Uint8Array(9)), /^ConfigError: the image has 9 values, but/);
});
