// The connections that decided are terms of the sums.
import assert from "node:assert/strict";
import { test } from "node:test";

import { forward } from "#page/core/network.js";
import { findDecisive, findSent } from "#page/rooms/draw/connections.js";
import { near } from "../../support.mjs";
import { few, model } from "./networks.mjs";

test("connections that decided: the last layer's are its terms, and shares sum to at most one", () => {
  const { network } = model("classic");
  const pass = forward(network, few.images.subarray(0, 784));
  const found = findDecisive(network, pass, { layer: 1, unit: 7 });
  const last = found.filter(({ layer }) => layer === 1);
  assert.equal(last.length, 20);
  near([last.reduce((sum, { share }) => sum + share, 0)], [1], 1e-12);
  for (const { from, sign } of last) assert.equal(sign, Math.sign(network.weights[1][7 * 20 + from]));
  const first = found.filter(({ layer }) => layer === 0);
  assert.ok(first.length === 48 && first.every(({ from }) => few.images[from] > 0));
  assert.ok(first.reduce((sum, { share }) => sum + share, 0) <= 1);
});

test("a neuron sends to every unit above, and an output to none", () => {
  const { network } = model("classic");
  const pass = forward(network, few.images.subarray(0, 784));
  assert.equal(findSent(network, pass, { layer: 0, unit: 2 }).length, 10);
  assert.deepEqual(findSent(network, pass, { layer: 1, unit: 2 }), []);
});
