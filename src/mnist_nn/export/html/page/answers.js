/**
 * The network of an exported page: from the JSON document in it to answers. Knows nothing of the page itself.
 */

import { argmax } from "../../../playground/page/core/activations.js";
import { decide, findOperatingPoint, predict, readCalibration } from "../../../playground/page/core/calibration.js";
import { InkError } from "../../../playground/page/core/errors.js";
import { frameDigit } from "../../../playground/page/core/thicken.js";

/**
 * @typedef {Pick<import("../../../playground/page/core/modelfile.js").Model, "network" | "header" | "tensors">} Model
 */
/** @typedef {{label: number, probabilities: number[], is_digit: number, confidence: number}} Answer */
/**
 * Numbers are base64 text of little-endian float32, or float64 in the calibration; `refusal` is null where the model
 * is not calibrated.
 * @typedef {{shape: string, made_by: string, class_names?: string[], test_accuracy: number | null,
 *   network: import("../../../playground/page/core/network.js").Network["config"], weights: string[], biases: string[],
 *   refusal: {temperature: number, bias: number, not_a_digit: number, weights: string, table: string,
 *     max_error: number} | null,
 *   calibration: {thresholds: Record<string, number>} | null,
 *   vectors: {count: number, images: string, label: number[], probabilities: number[][], is_digit: number[],
 *     confidence: number[], limits_passed?: number[]}}} Page
 */

const TOO_NEAR = -1; // in place of the number of limits that a picture passes, where rounding may decide

/**
 * @param {Page} page
 * @returns {Model}
 */
export function open({ network: config, weights, biases, refusal }) {
  const network = {
    config,
    weights: weights.map((text) => new Float32Array(bytesOf(text).buffer)),
    biases: biases.map((text) => new Float32Array(bytesOf(text).buffer)),
  };
  const header = /** @type {any} */ ({ calibration: refusal }); // the one field that calibration.js asks for
  if (!refusal) return { network, header, tensors: {} };
  const [w, table] = [refusal.weights, refusal.table].map((text) => new Float64Array(bytesOf(text).buffer));
  const tensors = {
    "calibration/weights": { shape: [w.length], data: w },
    "calibration/table": { shape: [table.length / 3, 3], data: table },
  };
  return { network, header, tensors };
}

/**
 * @param {Model} model
 * @param {Uint8Array} pixels
 * @returns {Answer}
 */
export function answer(model, pixels) {
  const { probabilities, isDigit, confidence } = predict(model, pixels);
  return { label: argmax(probabilities), probabilities: [...probabilities], is_digit: isDigit, confidence };
}

/**
 * What to say about a picture: `decision` is also "nothing there".
 * @param {Model} model
 * @param {Page} page
 * @param {Answer} given
 */
export function decideOn(model, { refusal }, { probabilities, is_digit: isDigit, confidence }) {
  const prediction = { probabilities: Float64Array.from(probabilities), isDigit, confidence };
  return decide(model, prediction, refusal?.max_error);
}

/**
 * The framed picture of some ink, null if there is none.
 * @param {Uint8Array} ink
 * @param {number} side
 * @returns {Uint8Array | null}
 */
export function frameInk(ink, side) {
  try {
    return frameDigit(ink, side, side);
  } catch (error) {
    if (error instanceof InkError) return null;
    throw error;
  }
}

/**
 * The pictures of the test vectors.
 * @param {Page} page
 * @returns {Uint8Array[]}
 */
export function readPictures({ vectors: { count, images } }) {
  const bytes = bytesOf(images);
  const size = bytes.length / count;
  return Array.from({ length: count }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

/**
 * The largest difference between the answers of this page and those that the reference engine gave.
 * @param {Model} model
 * @param {Page} page
 */
export function largestDifference(model, page) {
  const { probabilities, is_digit: isDigit } = page.vectors;
  const apart = readPictures(page).flatMap((pixels, i) => {
    const given = answer(model, pixels);
    return [given.is_digit - isDigit[i], ...given.probabilities.map((p, c) => p - probabilities[i][c])];
  });
  return apart.reduce((most, value) => (Math.abs(value) <= most ? most : Math.abs(value)), 0);
}

/**
 * How many test pictures pass another number of limits than they should; pictures too near to a limit have no number.
 * @param {Model} model
 * @param {Page} page
 */
export function countMisjudged(model, page) {
  const { limits_passed: right } = page.vectors;
  if (!page.refusal || !page.calibration || !right) return 0;
  const { max_error: shown, not_a_digit: least } = page.refusal;
  const used = findOperatingPoint(/** @type {any} */ (readCalibration(model)), shown).threshold;
  const limits = { ...page.calibration.thresholds, [shown]: used };
  return readPictures(page).filter((pixels, i) => {
    const { is_digit: isDigit, confidence } = answer(model, pixels);
    const passed = Object.values(limits).filter((limit) => confidence >= limit).length + Number(isDigit >= least);
    return right[i] !== TOO_NEAR && passed !== right[i];
  }).length;
}

/**
 * @param {string} text base64
 * @returns {Uint8Array}
 */
export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
