/**
 * A network is data: its configuration, its weights and its biases. Training makes new networks.
 *
 * Weights lie row by row, a row being the weights into one unit: W[unit * inputs + input]. The forward pass here is
 * the plain one, for a single image with every number kept; training and evaluation have a quicker form (layers.js).
 */

import { activation, output } from "./activations.js";
import { floats, makeNetworkConfig, sizes } from "./config.js";
import { deskew } from "./deskewing.js";
import { ConfigError, say } from "./errors.js";
import { drawInitialWeights } from "./initializers.js";
import { PURPOSES, fold, key } from "./random.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {import("./config.js").NetworkConfig} NetworkConfig */
/** @typedef {{config: NetworkConfig, weights: Floats[], biases: Floats[]}} Network */
/**
 * Bytes are pixels and count as x / 255; floats are taken as they are.
 * @typedef {Uint8Array | Uint8ClampedArray | Floats} Picture
 */
/**
 * z[k] is the weighted input of layer k + 1; a[0] is x, a[k] the activation of layer k before dropout, and the last
 * of a is the output o. All float64.
 * @typedef {{z: Float64Array[], a: Float64Array[]}} Pass
 */

/**
 * Draw a new network's weights, the library's own for this seed; biases are zero.
 * @param {import("./config.js").NetworkChanges} [config]
 * @param {number | bigint} [seed]
 * @returns {Network}
 */
export function create(config = {}, seed = 0) {
  const full = makeNetworkConfig(config);
  const numbers = floats(full);
  const units = sizes(full);
  const k = fold(key(seed), PURPOSES.WEIGHTS);
  const feeds = [...full.activation, full.output];
  const weights = feeds.map((name, layer) =>
    numbers.from(drawInitialWeights(full.initializer, name, fold(k, layer), units[layer], units[layer + 1])),
  );
  return { config: full, weights, biases: units.slice(1).map((count) => new numbers(count)) };
}

/**
 * A copy that shares nothing with the original.
 * @param {Network} network
 * @returns {Network}
 */
export function copy({ config, weights, biases }) {
  return { config, weights: weights.map((W) => W.slice()), biases: biases.map((b) => b.slice()) };
}

/**
 * Number of weights and biases.
 * @param {NetworkConfig} config
 */
export function countParameters(config) {
  return sizes(config).reduce((sum, units, k, all) => (k ? sum + (all[k - 1] + 1) * units : 0), 0);
}

/**
 * The input layer: pixels scaled to [0, 1], floats as they are. A network that deskews gets the upright picture.
 * @param {Network} network
 * @param {Picture} picture
 * @returns {Float64Array}
 */
export function inputs(network, picture) {
  if (picture.length !== network.config.inputs) {
    throw new ConfigError(
      say`the image has ${picture.length} values, but the network has ${network.config.inputs} inputs`,
    );
  }
  const bytes = picture instanceof Uint8Array || picture instanceof Uint8ClampedArray;
  if (network.config.prepare) {
    const upright = new Uint8Array(picture.length);
    deskew(bytes ? picture : Uint8Array.from(picture, (x) => Math.round(255 * x)), upright);
    return Float64Array.from(upright, (pixel) => pixel / 255);
  }
  return bytes ? Float64Array.from(picture, (pixel) => pixel / 255) : Float64Array.from(picture);
}

/**
 * The forward pass of one image.
 * @param {Network} network
 * @param {Picture} picture
 * @param {Float64Array[]} [masks] dropout masks, one a hidden layer: 0, or 1 / (1 - rate)
 * @returns {Pass}
 */
export function forward(network, picture, masks = []) {
  const { config, weights, biases } = network;
  /** @type {Pass} */
  const pass = { z: [], a: [inputs(network, picture)] };
  for (let k = 0; k < weights.length; k++) {
    const z = weigh(weights[k], biases[k], feed(pass, masks, k));
    pass.z.push(z);
    pass.a.push(activate(config, k, z));
  }
  return pass;
}

/**
 * What layer k + 1 makes of its weighted inputs.
 * @param {NetworkConfig} config
 * @param {number} k
 * @param {Float64Array} z
 */
export function activate(config, k, z) {
  if (k < config.hidden.length) return z.map(activation(config.activation[k]).f);
  const a = new Float64Array(z.length);
  output(config.output)(z, a);
  return a;
}

/**
 * What layer k + 1 is fed: the activation of layer k after dropout.
 * @param {Pass} pass
 * @param {Float64Array[]} masks
 * @param {number} k
 * @returns {Float64Array}
 */
export function feed(pass, masks, k) {
  return k && masks.length ? pass.a[k].map((a, i) => a * masks[k - 1][i]) : pass.a[k];
}

/**
 * z = W a + b.
 * @param {Floats} W
 * @param {Floats} b
 * @param {Float64Array} a
 * @returns {Float64Array}
 */
export function weigh(W, b, a) {
  return Float64Array.from(b, (bias, unit) => {
    let z = bias;
    for (let i = 0, w = unit * a.length; i < a.length; i++, w++) z += W[w] * a[i];
    return z;
  });
}

/**
 * Turn z_o into probabilities that sum to one: sigmoid outputs are divided by their sum, softmax outputs are that.
 * @param {Network} network
 * @param {Floats} z
 * @returns {Float64Array}
 */
export function probabilities(network, z) {
  const o = new Float64Array(z.length);
  output(network.config.output)(z, o);
  const sum = o.reduce((total, value) => total + value, 0);
  return o.map((value) => value / Math.max(sum, Number.MIN_VALUE));
}
