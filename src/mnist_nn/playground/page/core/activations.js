/**
 * The activation functions, and their derivatives taken from their own outputs: small records of two functions.
 *
 * Hidden layers take theirs number by number from ACTIVATIONS; the output layer takes a whole vector from OUTPUTS,
 * because every softmax output depends on every z. Names and formulas are those of the library's activations.py.
 */

import { lookUp } from "./errors.js";

/** @typedef {Float32Array | Float64Array} Floats */
/** @typedef {{f: (z: number) => number, derivative: (a: number) => number}} Activation a = f(z), and f' from a */
/** @typedef {(z: Floats, o: Floats) => void} Output fills o from z */

export const LEAK = 0.01;
const LOWEST = -88; // exp(88) is the last whole power that a float32 holds; the library stops there too

/**
 * σ(z) = 1 / (1 + exp(-z)), without overflow.
 * @param {number} z
 */
export function sigmoid(z) {
  return 1 / (1 + Math.exp(-Math.max(z, LOWEST)));
}

/** @type {Readonly<Record<string, Activation>>} */
export const ACTIVATIONS = Object.freeze({
  sigmoid: { f: sigmoid, derivative: (a) => a * (1 - a) },
  tanh: { f: Math.tanh, derivative: (a) => 1 - a * a },
  relu: { f: (z) => Math.max(z, 0), derivative: (a) => (a > 0 ? 1 : 0) },
  leaky_relu: { f: (z) => Math.max(z, LEAK * z), derivative: (a) => (a > 0 ? 1 : LEAK) },
  identity: { f: (z) => z, derivative: () => 1 },
});

/** @type {Readonly<Record<string, Output>>} */
export const OUTPUTS = Object.freeze({
  sigmoid: (z, o) => {
    for (let i = 0; i < z.length; i++) o[i] = sigmoid(z[i]);
  },
  softmax,
});

/**
 * exp(z_i) / Σ_k exp(z_k), shifted by the largest z so that nothing overflows; z and o may be the same array.
 * @param {Floats} z
 * @param {Floats} o
 */
export function softmax(z, o) {
  const top = largest(z);
  let sum = 0;
  for (let i = 0; i < z.length; i++) sum += o[i] = Math.exp(z[i] - top);
  for (let i = 0; i < z.length; i++) o[i] /= sum;
}

/** @param {Floats} z */
export function largest(z) {
  let top = z[0];
  for (let i = 1; i < z.length; i++) top = z[i] > top ? z[i] : top;
  return top;
}

/**
 * Number of the largest entry, the first one of equals: the digit that an output layer says.
 * @param {ArrayLike<number>} values
 */
export function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** @param {string} name */
export const activation = (name) => lookUp("activation", ACTIVATIONS, name);

/** @param {string} name */
export const output = (name) => lookUp("output", OUTPUTS, name);
