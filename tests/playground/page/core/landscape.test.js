// The loss along one weight is what the whole forward pass gives, and its slope the derivative of backpropagation.
import { test } from "node:test";

import { lossAlong, slopeOf } from "#page/core/landscape.js";
import { create } from "#page/core/network.js";
import { trace } from "#page/core/trace.js";
import { mnist, near } from "../support.mjs";

const { images, labels } = mnist("train", 3);
const samples = [0, 1, 2].map((i) => ({ pixels: images.subarray(784 * i, 784 * (i + 1)), label: labels[i] }));
const inked = samples[0].pixels.findIndex((pixel) => pixel > 100);
const PAIRS = [["classic_mse", "sigmoid"], ["mse", "softmax"], ["cross_entropy", "softmax"]];

for (const [loss, output] of PAIRS) {
  test(`the curve of ${loss} with ${output} outputs, and its slope`, () => {
    const network = create({ output, hidden: [6, 5], activation: ["sigmoid", "tanh"], dtype: "float64" }, 1);
    for (const entry of [{ layer: 0, unit: 2, input: inked }, { layer: 1, unit: 3, input: 4 },
      { layer: 2, unit: labels[0], input: 1 }]) {
      const n = entry.unit * [784, 6, 5][entry.layer] + entry.input;
      const curve = lossAlong(network, samples, loss, entry);
      const moved = network.weights.map((W) => W.slice());
      moved[entry.layer][n] += 1.7;
      const other = samples.map(({ pixels, label }) => trace({ ...network, weights: moved }, pixels, label, { loss }));
      const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
      near([curve(1.7)], [mean(other.map(({ descended }) => descended))], 1e-12);
      const here = samples.map(({ pixels, label }) => trace(network, pixels, label, { loss }).dW[entry.layer][n]);
      near([slopeOf(curve)], [mean(here)], 1e-9);
    }
  });
}
