/**
 * The classic mistakes, to be made on purpose: what each one changes in an otherwise right training.
 *
 * - no_derivative: the error of a hidden layer goes back without σ', δ_h = W_hoᵀ δ_o.
 * - summed: the gradient of a batch is the sum over its samples instead of their mean.
 * - double_softmax: a loss that applies softmax itself is fed with outputs that are softmax already, so that
 *   -ln softmax(softmax(z)) is descended, every derivative of it taken rightly.
 * - zero_weights: every weight starts at 0, so all units of a layer stay copies of each other.
 */

import { softmax } from "./activations.js";
import { ConfigError, say } from "./errors.js";
import { categoricalCrossEntropy, loss, throughSoftmax } from "./losses.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {import("./config.js").NetworkConfig} NetworkConfig */
/** @typedef {import("./config.js").TrainingConfig} TrainingConfig */
/** @typedef {import("./losses.js").Loss} Loss */
/**
 * @typedef {object} Fault
 * @property {boolean} derivative whether hidden errors are multiplied by the activation's derivative
 * @property {boolean} averaged whether a batch takes the mean of its gradients
 * @property {boolean} zeroed whether weights start at zero
 * @property {(network: NetworkConfig, training: TrainingConfig) => Loss} chooseLoss gives the loss, or a
 *   ConfigError where the fault makes no sense
 */

/** @type {Loss} */
const DOUBLE_SOFTMAX = {
  reportedName: "cross-entropy of a second softmax",
  reported: doubleCrossEntropy,
  descendedName: "cross-entropy of a second softmax",
  descended: doubleCrossEntropy,
  outputDelta: (o, label, delta) => {
    softmax(o, delta);
    delta[label] -= 1;
    throughSoftmax(o, delta);
  },
};

/** @type {Fault["chooseLoss"]} */
const takeSetting = (network, training) => loss(training.loss, network.output);

/** @type {Fault} */
const NONE = { derivative: true, averaged: true, zeroed: false, chooseLoss: takeSetting };

/** @type {Readonly<Record<string, Fault>>} */
export const FAULTS = Object.freeze({
  none: NONE,
  no_derivative: { ...NONE, derivative: false },
  summed: { ...NONE, averaged: false },
  double_softmax: { ...NONE, chooseLoss: requireSoftmax },
  zero_weights: { ...NONE, zeroed: true },
});

/**
 * The cross-entropy of softmax(o) where o = softmax(z): o stands where z should.
 * @type {import("./losses.js").Value}
 */
function doubleCrossEntropy(_z, o, label) {
  return categoricalCrossEntropy(o, o, label);
}

/** @type {Fault["chooseLoss"]} */
function requireSoftmax(network, training) {
  if (network.output !== "softmax" || training.loss !== "cross_entropy") {
    throw new ConfigError(say`fault double_softmax needs output softmax and loss cross_entropy; choose both`);
  }
  return DOUBLE_SOFTMAX;
}
