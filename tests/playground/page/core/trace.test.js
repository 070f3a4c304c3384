// The microscope: symbols, numeric derivatives, and which loss an update descends.
import assert from "node:assert/strict";
import { test } from "node:test";

import { create } from "#page/core/network.js";
import { candidateLosses, numericGradient, classicSymbols, trace } from "#page/core/trace.js";
import { advance, start } from "#page/core/training.js";
import { mnist, near } from "../support.mjs";

const { images, labels } = mnist("train", 3);
const picture = images.subarray(0, 784);
const inked = picture.findIndex((pixel) => pixel > 100);

test("the classic symbols satisfy the classic equations", () => {
  const network = create();
  const s = classicSymbols(trace(network, picture, labels[0]));
  const sigma = (z) => 1 / (1 + Math.exp(-z));
  near(s.h, s.z_h.map(sigma), 1e-15);
  near(s.o, s.z_o.map(sigma), 1e-15);
  near(s.delta_o, s.o.map((o, i) => o - s.l[i]), 0);
  near([s.z_o[4]], [s.h.reduce((sum, h, i) => sum + h * s.W_ho[4 * 20 + i], s.b_ho[4])], 1e-14);
  const sent = (i) => s.delta_o.reduce((sum, d, o) => sum + d * s.W_ho[o * 20 + i], 0);
  near(s.delta_h, s.h.map((h, i) => sent(i) * h * (1 - h)), 1e-14);
  near([s.dW_ih[7 * 784 + inked]], [s.delta_h[7] * s.x[inked]], 1e-15);
  near(s.new_W_ho, s.W_ho.map((w, n) => w - s.eta * s.dW_ho[n]), 1e-15);
  near(s.new_b_ih, s.b_ih.map((b, n) => b - s.eta * s.db_ih[n]), 1e-15);
});

test("the classic symbols need one hidden layer", () => {
  const deep = trace(create({ hidden: [5, 4] }), picture, labels[0]);
  assert.throws(() => classicSymbols(deep), /^ConfigError: .* but this network has 2/);
});

test("the new weights of a trace are those of one step of training", () => {
  const network = create({ hidden: [6, 5], activation: ["tanh", "relu"], output: "softmax", dtype: "float64" }, 2);
  for (const optimizer of ["sgd", "momentum", "nesterov", "adam", "adamw"]) {
    const settings = { loss: "cross_entropy", optimizer, l2: 0.01, dropout: 0.3 };
    const run = start(network, picture, labels.subarray(0, 1), settings);
    advance(run, 1);
    const { newWeights, newBiases } = trace(network, picture, labels[0], settings, { epoch: 0, row: 0 });
    newWeights.forEach((W, k) => near(run.network.weights[k], W, 1e-13, `${optimizer} W${k}`));
    newBiases.forEach((b, k) => near(run.network.biases[k], b, 1e-13, `${optimizer} b${k}`));
  }
});

const PAIRS = [
  ["classic_mse", "sigmoid"], ["mse", "sigmoid"], ["mse", "softmax"], ["cross_entropy", "sigmoid"],
  ["cross_entropy", "softmax"],
];

for (const [loss, output] of PAIRS) {
  test(`every gradient of ${loss} with ${output} agrees with the one taken numerically`, () => {
    const network = create({ output, hidden: [6, 5], activation: ["sigmoid", "leaky_relu"] }, 1);
    const settings = { loss, l2: 0.02, dropout: [0.2, 0.4] };
    const place = { epoch: 3, row: 12345 };
    const { dW, db } = trace(network, picture, labels[0], settings, place);
    const entries = [[0, 2, inked], [1, 3, 4], [2, 9, 1], [0, 1, null], [1, 0, null], [2, labels[0], null]];
    for (const [layer, i, j] of entries) {
      const inputs = [784, 6, 5][layer];
      const exact = j === null ? db[layer][i] : dW[layer][i * inputs + j];
      const numeric = numericGradient(network, picture, labels[0], settings, layer, i, j, place);
      assert.ok(Math.abs(numeric - exact) < 1e-9, `layer ${layer}, ${i}, ${j}: ${numeric} against ${exact}`);
    }
  });
}

test("classic_mse descends the cross-entropy, not the error that it prints", () => {
  const network = create();
  const { dW } = trace(network, picture, labels[0]);
  const found = candidateLosses(network, picture, labels[0], {}, 1, 4, 7);
  assert.deepEqual(found.map(({ name, descends }) => [name, descends]), [
    ["mean squared error", false],
    ["half the summed squared error", false],
    ["summed binary cross-entropy", true],
  ]);
  const [mse, half, bce] = found;
  near([bce.derivative], [dW[1][4 * 20 + 7]], 1e-8);
  near([half.derivative], [5 * mse.derivative], 1e-8);
  assert.ok(Math.abs(mse.derivative) < Math.abs(bce.derivative) / 19);
  near([half.value], [5 * mse.value], 1e-14);
});

test("at a kink of ReLU there is no derivative to compare with", () => {
  const network = create({ inputs: 1, hidden: [1], outputs: 2, activation: "relu" });
  const kink = Float64Array.of(0); // z = 0 exactly
  assert.equal(numericGradient(network, kink, 0, {}, 0, 0, null), null);
  assert.notEqual(numericGradient(network, kink, 0, {}, 1, 0, null), null);
});
