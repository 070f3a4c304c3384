/**
 * When to believe a network: tempered probabilities, whether a picture is a digit at all, and a decision in words.
 *
 * Formulas are those of the library's calibration.py, which fits them; a model without a calibration takes everything
 * for a digit.
 */

import { argmax, largest, sigmoid } from "./activations.js";
import { ConfigError, say } from "./errors.js";
import { forward, probabilities } from "./network.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {import("./modelfile.js").Model} Model */
/**
 * `weights` of the eleventh output are one for each unit of the last hidden layer and three more; `table` has rows of
 * threshold, limit on the error among accepted digits that it keeps to, coverage.
 * @typedef {{temperature: number, bias: number, not_a_digit: number, weights: Floats, table: Floats}} Calibration
 */
/**
 * `probabilities` of each digit if it is one; `isDigit` that it is one; `confidence` that the best is right.
 * @typedef {{probabilities: Float64Array, isDigit: number, confidence: number}} Prediction
 */
/** @typedef {"digit" | "doubtful" | "not a digit"} Decision */

const EXTRA_FEATURES = 3; // what the score takes besides hidden units: log-sum-exp, largest and second largest of z_o
const MAX_ERROR = 0.01; // of the single digits accepted, the share that may be wrong
const UNCALIBRATED = 0.9; // the confidence that a digit needs where the model holds no calibration

/**
 * The calibration that a model file holds, if any.
 * @param {Pick<Model, "header" | "tensors">} model
 * @returns {Calibration | null}
 */
export function readCalibration({ header, tensors }) {
  if (!header.calibration) return null;
  const { temperature, bias, not_a_digit } = header.calibration;
  return {
    temperature, bias, not_a_digit,
    weights: tensors["calibration/weights"].data,
    table: tensors["calibration/table"].data,
  };
}

/**
 * Ask a network about one image.
 * @param {Pick<Model, "network" | "header" | "tensors">} model
 * @param {import("./network.js").Picture} picture
 * @returns {Prediction}
 */
export function predict(model, picture) {
  const { network } = model;
  const { z, a } = forward(network, picture);
  const z_o = z[z.length - 1];
  const calibration = readCalibration(model);
  if (calibration === null) {
    const own = probabilities(network, z_o);
    return { probabilities: own, isDigit: 1, confidence: largest(own) };
  }
  const isDigit = sigmoid(scoreDigit(calibration, a[a.length - 2], z_o));
  const tempered = probabilities(network, z_o.map((value) => value / calibration.temperature));
  return { probabilities: tempered, isDigit, confidence: largest(tempered) * isDigit };
}

/**
 * The lowest threshold on the confidence that keeps errors among the accepted digits at or below a share: the library
 * tested it (Learn-then-Test), and here it is looked up.
 * @param {Calibration} calibration
 * @param {number} maxError
 * @returns {{threshold: number, error: number, coverage: number}}
 */
export function findOperatingPoint({ table }, maxError) {
  for (let row = 0; row < table.length; row += 3) {
    const [threshold, error, coverage] = table.subarray(row, row + 3);
    if (error <= maxError) return { threshold, error, coverage };
  }
  throw new ConfigError(say`no threshold of this model's calibration keeps the error at or below ${maxError}`);
}

/**
 * Decide as the library's reader does.
 * @param {Pick<Model, "header" | "tensors">} model
 * @param {Prediction} prediction
 * @param {number} [maxError]
 * @returns {{decision: Decision, digit: number, runnerUp: number}}
 */
export function decide(model, { probabilities: p, isDigit, confidence }, maxError = MAX_ERROR) {
  const calibration = readCalibration(model);
  const threshold = calibration ? findOperatingPoint(calibration, maxError).threshold : UNCALIBRATED;
  const digit = argmax(p);
  const runnerUp = argmax(p.map((value, i) => (i === digit ? -1 : value)));
  const refused = isDigit < (calibration?.not_a_digit ?? 0);
  return { decision: refused ? "not a digit" : confidence >= threshold ? "digit" : "doubtful", digit, runnerUp };
}

/**
 * The eleventh output: how much the network, all in all, takes the picture for a digit.
 * @param {Calibration} calibration
 * @param {Float64Array} hidden
 * @param {Float64Array} z
 */
function scoreDigit({ weights, bias }, hidden, z) {
  const top = z.slice().sort().reverse();
  const total = top[0] + Math.log(z.reduce((sum, value) => sum + Math.exp(value - top[0]), 0));
  const more = [total, top[0], top[1]];
  const units = weights.length - EXTRA_FEATURES;
  if (units !== hidden.length) throw new ConfigError(say`the calibration belongs to another network`);
  const linear = hidden.reduce((sum, a, i) => sum + Math.fround(weights[i]) * a, 0);
  return more.reduce((sum, value, i) => sum + value * weights[units + i], linear + bias);
}
