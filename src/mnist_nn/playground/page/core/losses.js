/**
 * The losses, each with the output error delta_o that it sends backwards.
 *
 * A loss belongs to an output activation, because delta_o = ∂L/∂z_o goes through it. The classic one, `classic_mse`,
 * *reports* the mean squared error and *descends* the summed binary cross-entropy, whose gradient o - l is; every
 * other loss descends what it reports. Formulas and names are those of the library's losses.py.
 */

import { largest } from "./activations.js";
import { ConfigError, say } from "./errors.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {(z: Floats, o: Floats, label: number) => number} Value of one sample, from z_o, o and its label */
/** @typedef {(o: Floats, label: number, delta: Floats) => void} OutputDelta fills delta_o */
/**
 * What is printed, what is descended, and the error at the output.
 * @typedef {object} Loss
 * @property {string} reportedName
 * @property {Value} reported
 * @property {string} descendedName
 * @property {Value} descended
 * @property {OutputDelta} outputDelta
 */

/** MSE = (1/n) Σ_i (o_i - l_i)². @type {Value} */
export function meanSquaredError(_z, o, label) {
  let sum = 0;
  for (let i = 0; i < o.length; i++) sum += (o[i] - (i === label ? 1 : 0)) ** 2;
  return sum / o.length;
}

/** ½ SSE = ½ Σ_i (o_i - l_i)², the quadratic cost of Nielsen's book. @type {Value} */
export const halfSquaredError = (z, o, label) => (meanSquaredError(z, o, label) * o.length) / 2;

/** -Σ_i [l_i ln o_i + (1 - l_i) ln(1 - o_i)] with o = σ(z), from z so that it stays finite. @type {Value} */
export function binaryCrossEntropy(z, _o, label) {
  let sum = 0;
  for (let i = 0; i < z.length; i++) {
    sum += Math.max(z[i], 0) - (i === label ? z[i] : 0) + Math.log1p(Math.exp(-Math.abs(z[i])));
  }
  return sum;
}

/** -ln o_label with o = softmax(z), from z as ln Σ_k exp(z_k) - z_label. @type {Value} */
export function categoricalCrossEntropy(z, _o, label) {
  const top = largest(z);
  let sum = 0;
  for (let i = 0; i < z.length; i++) sum += Math.exp(z[i] - top);
  return Math.log(sum) + top - z[label];
}

/** o - l. @type {OutputDelta} */
function difference(o, label, delta) {
  for (let i = 0; i < o.length; i++) delta[i] = o[i] - (i === label ? 1 : 0);
}

/** (2/n)(o - l) ⊙ o ⊙ (1 - o). @type {OutputDelta} */
function mseThroughSigmoid(o, label, delta) {
  for (let i = 0; i < o.length; i++) delta[i] = (2 / o.length) * (o[i] - (i === label ? 1 : 0)) * o[i] * (1 - o[i]);
}

/** o_k (g_k - Σ_i g_i o_i) with g = (2/n)(o - l). @type {OutputDelta} */
function mseThroughSoftmax(o, label, delta) {
  for (let i = 0; i < o.length; i++) delta[i] = (2 / o.length) * (o[i] - (i === label ? 1 : 0));
  throughSoftmax(o, delta);
}

/**
 * Take ∂L/∂o in delta back through o = softmax(z), in place: delta_k ← o_k (delta_k - Σ_i delta_i o_i).
 * @param {Floats} o
 * @param {Floats} delta
 */
export function throughSoftmax(o, delta) {
  let mean = 0;
  for (let i = 0; i < o.length; i++) mean += delta[i] * o[i];
  for (let i = 0; i < o.length; i++) delta[i] = o[i] * (delta[i] - mean);
}

/** @type {[string, Value]} */
const MSE = ["mean squared error", meanSquaredError];
/** @type {[string, Value]} */
const HALF_SSE = ["half the summed squared error", halfSquaredError];
/** @type {[string, Value]} */
const BCE = ["summed binary cross-entropy", binaryCrossEntropy];
/** @type {[string, Value]} */
const CCE = ["categorical cross-entropy", categoricalCrossEntropy];

/**
 * @param {[string, Value]} printed
 * @param {[string, Value]} followed
 * @param {OutputDelta} outputDelta
 * @returns {Loss}
 */
function makeLoss([reportedName, reported], [descendedName, descended], outputDelta) {
  return { reportedName, reported, descendedName, descended, outputDelta };
}

/** The pairs that exist: loss, then output activation. @type {Readonly<Record<string, Record<string, Loss>>>} */
export const LOSSES = Object.freeze({
  classic_mse: { sigmoid: makeLoss(MSE, BCE, difference) },
  mse: { sigmoid: makeLoss(MSE, MSE, mseThroughSigmoid), softmax: makeLoss(MSE, MSE, mseThroughSoftmax) },
  cross_entropy: { sigmoid: makeLoss(BCE, BCE, difference), softmax: makeLoss(CCE, CCE, difference) },
});

/**
 * Every loss that an update of these outputs might be said to descend.
 * @type {Readonly<Record<string, [string, Value][]>>}
 */
export const CANDIDATES = Object.freeze({ sigmoid: [MSE, HALF_SSE, BCE], softmax: [MSE, HALF_SSE, CCE] });

/**
 * Look up a loss for an output activation; a pair that does not exist is a ConfigError.
 * @param {string} name
 * @param {string} output
 * @returns {Loss}
 */
export function loss(name, output) {
  const found = LOSSES[name]?.[output];
  if (!found) {
    const pairs = Object.entries(LOSSES).flatMap(([a, table]) => Object.keys(table).map((b) => `${a} with ${b}`));
    throw new ConfigError(
      say`loss ${name} cannot be used with ${output} outputs; choose one of these pairs: ${pairs.join(", ")}`,
    );
  }
  return found;
}
