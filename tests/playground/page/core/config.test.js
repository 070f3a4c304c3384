// What networks and trainings are made of: the library's defaults, and mistakes named in one line.
import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseRate, makeNetworkConfig, makeTrainingConfig } from "#page/core/config.js";
import { golden, near } from "../support.mjs";

const MISTAKES = [
  [() => makeNetworkConfig({ hidden: [0] }), /hidden is 0; give a whole number from 1/],
  [() => makeNetworkConfig({ activation: "step" }), /activation is "step"; choose one of: sigmoid, tanh, relu/],
  [() => makeNetworkConfig({ hidden: [2, 2], activation: ["relu", "relu", "relu"] }), /activation has 3 values for 2/],
  [() => makeNetworkConfig({ output: "relu" }), /output is "relu"; choose one of: sigmoid, softmax/],
  [() => makeNetworkConfig({ dtype: "float16" }), /dtype is "float16"; choose one of/],
  [() => makeNetworkConfig({ initializer: "ones" }), /initializer is "ones"; choose one of: auto/],
  [() => makeNetworkConfig({ width: 3 }), /a network setting is "width"; give inputs, hidden/],
  [() => makeTrainingConfig(makeNetworkConfig(), { learning_rate: 0 }), /learning_rate is 0; give a number above 0/],
  [() => makeTrainingConfig(makeNetworkConfig(), { learning_rate: NaN }), /learning_rate is null; give/],
  [() => makeTrainingConfig(makeNetworkConfig(), { batch_size: 1.5 }), /batch_size is 1.5; give a whole number/],
  [() => makeTrainingConfig(makeNetworkConfig(), { dropout: 1 }), /dropout is 1; give 0 ≤ p < 1/],
  [() => makeTrainingConfig(makeNetworkConfig(), { dropout: [0.1, 0.2] }), /dropout has 2 values for 1 hidden layers/],
  [() => makeTrainingConfig(makeNetworkConfig({ hidden: [] }), { dropout: 0.1 }),
    /dropout and max_norm have no effect without hidden layers/],
  [() => makeTrainingConfig(makeNetworkConfig(), { l2: -1 }), /l2 is -1; give 0 or more/],
  [() => makeTrainingConfig(makeNetworkConfig(), { optimizer: "rprop" }), /optimizer is "rprop"; choose one of: sgd/],
  [() => makeTrainingConfig(makeNetworkConfig(), { momentum: 0.5 }), /momentum has no effect with sgd/],
  [() => makeTrainingConfig(makeNetworkConfig({ output: "softmax" })),
    /loss classic_mse cannot be used with softmax outputs/],
  [() => makeTrainingConfig(makeNetworkConfig(), { fault: "typo" }),
    /fault is "typo"; choose one of: none, no_derivative/],
  [() => makeTrainingConfig(makeNetworkConfig(), { fault: "double_softmax" }), /double_softmax needs output softmax/],
];

for (const [mistake, message] of MISTAKES) {
  test(`refused in one line: ${message.source}`, () => {
    assert.throws(mistake, { name: "ConfigError", message });
  });
}

test("default rates are the library's", () => {
  for (const { network, training, eta } of Object.values(golden("updates"))) {
    const config = makeNetworkConfig(network);
    near([chooseRate(config, makeTrainingConfig(config, training))], [eta], 1e-15);
  }
});
