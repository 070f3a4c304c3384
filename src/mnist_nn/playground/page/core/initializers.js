/**
 * How weights start: pure functions of a random key and of the layer's fan-in and fan-out. Biases start at zero.
 *
 * The draws are those of the library's initializers.py, float64, row by row (a row is the weights into one unit).
 */

import { lookUp } from "./errors.js";
import { normal, uniform } from "./random.js";

/** @typedef {import("./random.js").Key} Key */
/** @typedef {(k: Key, fanIn: number, fanOut: number) => Float64Array} Initializer */

/** @type {(limit: (i: number, o: number) => number) => Initializer} */
const makeUniform = (limit) => (k, i, o) => {
  const bound = limit(i, o);
  return uniform(k, o * i).map((u) => bound * (2 * u - 1));
};

/** @type {(deviation: (i: number, o: number) => number) => Initializer} */
const makeNormal = (deviation) => (k, i, o) => {
  const scale = deviation(i, o);
  return normal(k, o * i).map((n) => scale * n);
};

/** @type {Readonly<Record<string, Initializer>>} */
export const INITIALIZERS = Object.freeze({
  glorot_uniform: makeUniform((i, o) => Math.sqrt(6 / (i + o))),
  glorot_normal: makeNormal((i, o) => Math.sqrt(2 / (i + o))),
  he_uniform: makeUniform((i) => Math.sqrt(6 / i)),
  he_normal: makeNormal((i) => Math.sqrt(2 / i)),
  lecun_uniform: makeUniform((i) => Math.sqrt(3 / i)),
  lecun_normal: makeNormal((i) => Math.sqrt(1 / i)),
  uniform: makeUniform(() => 0.05),
  normal: makeNormal(() => 0.05),
  zeros: (_k, i, o) => new Float64Array(o * i),
});

/**
 * Draw one layer's weights, fanOut × fanIn.
 * @param {string} name an initializer, or "auto" for the one that suits the activation
 * @param {string} activation that the layer feeds
 * @param {Key} k
 * @param {number} fanIn
 * @param {number} fanOut
 * @returns {Float64Array}
 */
export function drawInitialWeights(name, activation, k, fanIn, fanOut) {
  const suited = activation.endsWith("relu") ? "he_normal" : "glorot_uniform";
  return lookUp("initializer", INITIALIZERS, name === "auto" ? suited : name)(k, fanIn, fanOut);
}
