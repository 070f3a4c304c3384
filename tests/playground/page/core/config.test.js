// What networks and trainings are made of: the library's defaults, and mistakes named in one line.
import assert from "node:assert/strict";
import { test } from "node:test";

import { defaultRate, networkConfig, trainingConfig } from "#page/core/config.js";
import { golden, near } from "../support.mjs";

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
