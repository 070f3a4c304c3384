/**
 * What a network and a training run are made of: two plain records, their defaults, and the one place that checks them.
 *
 * Fields have the library's names, because the model file carries them as they are. `fault` is the playground's own:
 * a classic mistake made on purpose (faults.js), which no model file describes.
 */

import { activation, output } from "./activations.js";
import { ConfigError, lookUp, say } from "./errors.js";
import { FAULTS } from "./faults.js";
import { INITIALIZERS } from "./initializers.js";
import { optimizer } from "./optimizers.js";

/**
 * The shape of a network; `activation` has one name a hidden layer. With `prepare` it is given upright pictures.
 * @typedef {{inputs: number, hidden: number[], outputs: number, activation: string[], output: string,
 *   initializer: string, dtype: "float32" | "float64", prepare?: "deskew"}} NetworkConfig
 */
/**
 * How a network is trained; `learning_rate` null takes the default, `dropout` is one rate or one a hidden layer.
 * @typedef {{loss: string, optimizer: string, learning_rate: number | null, batch_size: number,
 *   dropout: number | number[], l2: number, max_norm: number | null, subset: number | null, seed: number | bigint,
 *   momentum: number | null, beta1: number, beta2: number, epsilon: number, fault: string}} TrainingConfig
 */
/** @typedef {Partial<Omit<NetworkConfig, "activation">> & {activation?: string | string[]}} NetworkChanges */

/** What older model files and shared links call things by. @type {Readonly<Record<string, string>>} */
const RENAMED = Object.freeze({ seed_mse: "classic_mse", seed: "classic" });

/**
 * The name that something has today, of a name that may be an older one.
 * @template {string | null | undefined} T
 * @param {T} name
 * @returns {T}
 */
export function todaysName(name) {
  return /** @type {T} */ (name && Object.hasOwn(RENAMED, name) ? RENAMED[name] : name);
}

/** The classic network. @type {Readonly<NetworkConfig>} */
export const NETWORK = Object.freeze({
  inputs: 784, hidden: [20], outputs: 10, activation: ["sigmoid"], output: "sigmoid", initializer: "auto",
  dtype: "float32",
});

/** The classic training, one update per sample. @type {Readonly<TrainingConfig>} */
export const TRAINING = Object.freeze({
  loss: "classic_mse", optimizer: "sgd", learning_rate: null, batch_size: 1, dropout: 0, l2: 0,
  max_norm: null, subset: null, seed: 0, momentum: null, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, fault: "none",
});

/**
 * Fill in and check the shape of a network.
 * @param {NetworkChanges} [changes] one activation name serves all hidden layers
 * @returns {NetworkConfig}
 */
export function makeNetworkConfig({ prepare, ...changes } = {}) {
  const config = { ...NETWORK, ...checkNames("network", NETWORK, changes) };
  const hidden = config.hidden.map((units) => checkWhole("hidden", units, 1, 2 ** 24));
  const filled = {
    ...config,
    inputs: checkWhole("inputs", config.inputs, 1, 2 ** 24),
    hidden,
    outputs: checkWhole("outputs", config.outputs, 2, 2 ** 24),
    activation: spreadPerLayer("activation", config.activation, hidden.length),
    ...(prepare && { prepare }),
  };
  if (prepare && prepare !== "deskew") {
    throw new ConfigError(
      say`prepare is "${prepare}", but here a network can only be given upright pictures: "deskew"`,
    );
  }
  filled.activation.forEach(activation);
  output(filled.output);
  if (filled.initializer !== "auto" && !Object.hasOwn(INITIALIZERS, filled.initializer)) {
    const names = Object.keys(INITIALIZERS).join(", ");
    throw new ConfigError(say`initializer is "${filled.initializer}"; choose one of: auto, ${names}`);
  }
  if (filled.dtype !== "float32" && filled.dtype !== "float64") {
    throw new ConfigError(say`dtype is "${filled.dtype}"; choose one of: float32, float64`);
  }
  return filled;
}

/**
 * Fill in and check how a network is trained; what contradicts the network is a ConfigError too.
 * @param {NetworkConfig} network
 * @param {Partial<TrainingConfig>} [changes]
 * @returns {TrainingConfig}
 */
export function makeTrainingConfig(network, changes = {}) {
  const training = { ...TRAINING, ...checkNames("training", TRAINING, changes) };
  const { learning_rate, max_norm: longest } = training;
  optimizer(training.optimizer);
  listDropoutRates(network, training).forEach((share) =>
    check("dropout", share, share >= 0 && share < 1, say`0 ≤ p < 1`));
  checkTogether(network, training);
  checkWhole("batch_size", training.batch_size, 1, 2 ** 32);
  if (training.subset !== null) checkWhole("subset", training.subset, 1, 2 ** 32);
  if (learning_rate !== null) {
    check("learning_rate", learning_rate, learning_rate > 0, say`a number above 0, or null for the default`);
  }
  if (longest !== null) check("max_norm", longest, longest > 0, say`a number above 0, or null for no limit`);
  check("l2", training.l2, training.l2 >= 0, say`0 or more`);
  lookUp("fault", FAULTS, training.fault).chooseLoss(network, training);
  return training;
}

/**
 * What the library refuses, too: momentum, dropout and max_norm where they have no effect.
 * @param {NetworkConfig} network
 * @param {TrainingConfig} training
 */
function checkTogether(network, { dropout, max_norm: longest, momentum, optimizer: name }) {
  if (network.hidden.length === 0 && ([dropout].flat().some((rate) => rate > 0) || longest !== null)) {
    throw new ConfigError(say`dropout and max_norm have no effect without hidden layers; leave them out`);
  }
  if (momentum !== null && name !== "momentum" && name !== "nesterov") {
    throw new ConfigError(say`momentum has no effect with ${name}; leave it out, or choose momentum or nesterov`);
  }
}

/**
 * The learning rate: the one given, or the library's tuned default.
 * @param {NetworkConfig} network
 * @param {Pick<TrainingConfig, "loss" | "optimizer" | "learning_rate" | "batch_size">} training
 */
export function chooseRate(network, training) {
  if (training.learning_rate !== null) return training.learning_rate;
  const batch = training.batch_size;
  if (training.optimizer.startsWith("adam")) return 0.001 * Math.min(batch, 128) ** 0.4;
  const rectified = network.activation.some((name) => name.includes("relu"));
  const base = training.loss === "mse" ? 0.6 : 0.03;
  const rate = base * (rectified ? Math.min(batch, 32) ** 0.9 / 3 : Math.min(batch, 128) ** 0.7);
  return ["momentum", "nesterov"].includes(training.optimizer) ? rate / 10 : rate;
}

/**
 * The dropout rate of each hidden layer.
 * @param {NetworkConfig} network
 * @param {Pick<TrainingConfig, "dropout">} training
 */
export function listDropoutRates(network, training) {
  return spreadPerLayer("dropout", training.dropout, network.hidden.length);
}

/**
 * Units in every layer, from the input to the output.
 * @param {NetworkConfig} config
 */
export const sizes = (config) => [config.inputs, ...config.hidden, config.outputs];

/**
 * Array type of a network's numbers.
 * @param {NetworkConfig} config
 */
export const floats = (config) => (config.dtype === "float64" ? Float64Array : Float32Array);

/**
 * @template T
 * @param {string} name
 * @param {T | T[]} value
 * @param {number} layers
 * @returns {T[]}
 */
function spreadPerLayer(name, value, layers) {
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 1) return Array(layers).fill(values[0]);
  if (values.length === layers) return [...values];
  throw new ConfigError(
    say`${name} has ${values.length} values for ${layers} hidden layers; give one value, or one for each layer`,
  );
}

/**
 * @template T
 * @param {string} what
 * @param {object} defaults
 * @param {T} changes
 * @returns {T}
 */
function checkNames(what, defaults, changes) {
  const unknown = Object.keys(/** @type {object} */ (changes)).find((name) => !Object.hasOwn(defaults, name));
  if (unknown !== undefined) fail(`a ${what} setting`, unknown, Object.keys(defaults).join(", "));
  return changes;
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function checkWhole(name, value, low, high) {
  const fits = Number.isInteger(value) && value >= low && value <= high;
  return check(name, value, fits, say`a whole number from ${low} to ${high}`);
}

/**
 * @param {string} name
 * @param {number} value
 * @param {boolean} fits
 * @param {import("./errors.js").Told} valid
 */
function check(name, value, fits, valid) {
  return Number.isFinite(value) && fits ? value : fail(name, value, valid);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {import("./errors.js").Told | string} valid
 * @returns {never}
 */
function fail(name, value, valid) {
  throw new ConfigError(say`${name} is ${JSON.stringify(value)}; give ${valid}`);
}
