// New networks and forward passes are the library's.
import assert from "node:assert/strict";
import { test } from "node:test";

import { defaultRate, networkConfig, trainingConfig } from "../../../src/mnist_nn/playground/page/core/config.js";
import { evaluate } from "../../../src/mnist_nn/playground/page/core/evaluation.js";
import {
  copy, create, forward, parameterCount, probabilities,
} from "../../../src/mnist_nn/playground/page/core/network.js";
import { allNear, golden, mnist, near } from "./support.mjs";

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

test("the seed's network has the library's weights to the last bit", () => {
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
  assert.equal(parameterCount(networkConfig()), 15910);
  assert.equal(parameterCount(networkConfig({ hidden: [] })), 7850);
});

test("an image of the wrong size is an error in one line", () => {
  assert.throws(() => forward(create(), new Uint8Array(9)), /^ConfigError: the image has 9 values and the network 784/);
});

test("evaluation agrees with one forward pass an image", () => {
  const { images, labels } = mnist("t10k", 50);
  const network = create({ output: "softmax", hidden: [9, 8], activation: "relu" }, 3);
  const found = evaluate(network, images, labels, "cross_entropy");
  let correct = 0;
  let loss = 0;
  labels.forEach((label, i) => {
    const o = forward(network, images.subarray(784 * i, 784 * (i + 1))).a[3];
    const said = o.indexOf(Math.max(...o));
    correct += said === label ? 1 : 0;
    loss -= Math.log(o[label]) / 50;
    assert.equal(found.predictions[i], said);
    near([found.certainty[i]], [o[said]], 1e-6);
  });
  assert.equal(found.correct, correct);
  assert.equal(found.confusion.reduce((sum, count) => sum + count, 0), 50);
  assert.equal(found.confusion.filter((_, i) => i % 11 === 0).reduce((sum, count) => sum + count, 0), correct);
  near([found.loss], [loss], 1e-12);
});

const MISTAKES = [
  [() => networkConfig({ hidden: [0] }), /hidden is 0; give a whole number from 1/],
  [() => networkConfig({ activation: "step" }), /activation is "step"; choose one of: sigmoid, tanh, relu/],
  [() => networkConfig({ hidden: [2, 2], activation: ["relu", "relu", "relu"] }), /activation has 3 values for 2/],
  [() => networkConfig({ output: "relu" }), /output is "relu"; choose one of: sigmoid, softmax/],
  [() => networkConfig({ dtype: "float16" }), /dtype is "float16"; choose one of/],
  [() => networkConfig({ initializer: "ones" }), /initializer is "ones"; choose one of: auto/],
  [() => networkConfig({ width: 3 }), /a network setting is "width"; give inputs, hidden/],
  [() => trainingConfig(networkConfig(), { learning_rate: 0 }), /learning_rate is 0; give a number above 0/],
  [() => trainingConfig(networkConfig(), { learning_rate: NaN }), /learning_rate is null; give/],
  [() => trainingConfig(networkConfig(), { batch_size: 1.5 }), /batch_size is 1.5; give a whole number/],
  [() => trainingConfig(networkConfig(), { dropout: 1 }), /dropout is 1; give 0 ≤ p < 1/],
  [() => trainingConfig(networkConfig(), { dropout: [0.1, 0.2] }), /dropout has 2 values for 1 hidden layers/],
  [() => trainingConfig(networkConfig({ hidden: [] }), { dropout: 0.1 }), /dropout and max_norm act on hidden layers/],
  [() => trainingConfig(networkConfig(), { l2: -1 }), /l2 is -1; give 0 or more/],
  [() => trainingConfig(networkConfig(), { optimizer: "rprop" }), /optimizer is "rprop"; choose one of: sgd/],
  [() => trainingConfig(networkConfig(), { momentum: 0.5 }), /momentum has no part in sgd/],
  [() => trainingConfig(networkConfig({ output: "softmax" })), /there is no loss classic_mse for softmax outputs/],
  [() => trainingConfig(networkConfig(), { fault: "typo" }), /fault is "typo"; choose one of: none, no_derivative/],
  [() => trainingConfig(networkConfig(), { fault: "double_softmax" }), /double_softmax needs output softmax/],
];

for (const [mistake, message] of MISTAKES) {
  test(`refused in one line: ${message.source}`, () => {
    assert.throws(mistake, { name: "ConfigError", message });
  });
}

test("default rates are the library's", () => {
  for (const { network, training, eta } of Object.values(golden("updates"))) {
    near([defaultRate(networkConfig(network), trainingConfig(networkConfig(network), training))], [eta], 1e-15);
  }
});
