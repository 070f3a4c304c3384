/**
 * The quick form of a network: what training and evaluation compute with, one sample at a time, allocating nothing.
 *
 * Weights lie input by input, W[input * units + unit], so that one input touches one contiguous row, forward and
 * backward. An input that is 0 adds nothing to z and has no gradient, so its row is skipped: four pixels in five, and
 * every dropped unit. Gradients add up in float64 over a batch; rows they have touched are remembered, because for
 * plain SGD the others stay as they are. Equations (BP1) to (BP4) are those of the library's reference engine.
 */

import { activation } from "./activations.js";
import { floats, sizes } from "./config.js";
import { deskew } from "./deskewing.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {import("./network.js").Network} Network */
/**
 * One layer with its memory. `index` and `value` list the `count` inputs that are not 0; `touched` lists the rows
 * that the gradient of this batch has reached, marked in `isTouched`. `mask` is the dropout of its own units.
 * @typedef {object} Layer
 * @property {number} inputs
 * @property {number} units
 * @property {import("./activations.js").Activation | null} activation null for the output layer
 * @property {Floats} W
 * @property {Floats} b
 * @property {Float64Array} gW
 * @property {Float64Array} gb
 * @property {Uint32Array} index
 * @property {Float64Array} value
 * @property {number} count
 * @property {Uint32Array} touched
 * @property {Uint8Array} isTouched
 * @property {number} touchedCount
 * @property {Float64Array} z
 * @property {Float64Array} a
 * @property {Float64Array} delta
 * @property {Float64Array} mask
 * @property {Uint8Array | null} upright room for the upright picture, in the first layer of a network that deskews
 */

/**
 * Unpack a network into its quick form; the network stays as it is.
 * @param {Network} network
 * @param {boolean} [learns] whether memory for gradients is wanted
 * @returns {Layer[]}
 */
export function makeLayers({ config, weights, biases }, learns = true) {
  const units = sizes(config);
  const layers = weights.map((W, k) => makeLayer(units[k], units[k + 1], config.activation[k], W, biases[k], learns));
  if (config.prepare) layers[0].upright = new Uint8Array(config.inputs);
  return layers;
}

/**
 * @param {number} inputs
 * @param {number} units
 * @param {string | undefined} name of the activation
 * @param {Floats} W
 * @param {Floats} b
 * @param {boolean} learns
 * @returns {Layer}
 */
function makeLayer(inputs, units, name, W, b, learns) {
  const rows = learns ? inputs : 0;
  return {
    inputs,
    units,
    activation: name === undefined ? null : activation(name),
    W: transpose(W, units, inputs),
    b: b.slice(),
    gW: new Float64Array(rows * units),
    gb: new Float64Array(units),
    index: new Uint32Array(inputs),
    value: new Float64Array(inputs),
    count: 0,
    touched: new Uint32Array(rows),
    isTouched: new Uint8Array(rows),
    touchedCount: 0,
    z: new Float64Array(units),
    a: new Float64Array(units),
    delta: new Float64Array(units),
    mask: new Float64Array(units).fill(1),
    upright: null,
  };
}

/**
 * Pack the quick form into a network again.
 * @param {import("./config.js").NetworkConfig} config
 * @param {Layer[]} layers
 * @returns {Network}
 */
export function makeNetwork(config, layers) {
  const numbers = floats(config);
  return {
    config,
    weights: layers.map(({ W, inputs, units }) => numbers.from(transpose(W, inputs, units))),
    biases: layers.map(({ b }) => numbers.from(b)),
  };
}

/**
 * Swap rows and columns.
 * @template {Floats} A
 * @param {A} matrix
 * @param {number} rows
 * @param {number} columns
 * @returns {A}
 */
export function transpose(matrix, rows, columns) {
  const turned = /** @type {A} */ (matrix.slice());
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = matrix[r * columns + c];
  }
  return turned;
}

/**
 * The forward pass of one image; z and a stay in the layers, the last a is o.
 * @param {Layer[]} layers
 * @param {import("./activations.js").Output} outputOf
 * @param {Uint8Array} images
 * @param {number} start of the image in them
 */
export function pass(layers, outputOf, images, start) {
  feedPixels(layers[0], images, start);
  for (let k = 0; k < layers.length; k++) {
    const current = layers[k];
    weigh(current);
    if (current.activation) {
      const { f } = current.activation;
      for (let i = 0; i < current.units; i++) current.a[i] = f(current.z[i]);
      feedUnits(layers[k + 1], current);
    } else {
      outputOf(current.z, current.a);
    }
  }
}

/**
 * List the pixels with ink.
 * @param {Layer} first
 * @param {Uint8Array} images
 * @param {number} start
 */
function feedPixels(first, images, start) {
  const { index, value, inputs, upright } = first;
  let count = 0;
  if (upright) {
    deskew(images, upright, start);
    images = upright;
    start = 0;
  }
  for (let i = 0; i < inputs; i++) {
    const pixel = images[start + i];
    if (pixel !== 0) {
      index[count] = i;
      value[count++] = pixel / 255;
    }
  }
  first.count = count;
}

/**
 * List the units that are neither dropped nor 0.
 * @param {Layer} next
 * @param {Layer} before
 */
function feedUnits(next, { a, mask, units }) {
  let count = 0;
  for (let i = 0; i < units; i++) {
    const fed = a[i] * mask[i];
    if (fed !== 0) {
      next.index[count] = i;
      next.value[count++] = fed;
    }
  }
  next.count = count;
}

/**
 * z = W a + b over the inputs listed; four at a time, which reads and writes z a quarter as often.
 * @param {Layer} current
 */
function weigh({ W, b, z, index, value, count, units }) {
  for (let j = 0; j < units; j++) z[j] = b[j];
  let n = 0;
  for (; n + 3 < count; n += 4) {
    const v0 = value[n], v1 = value[n + 1], v2 = value[n + 2], v3 = value[n + 3];
    const r0 = index[n] * units, r1 = index[n + 1] * units, r2 = index[n + 2] * units, r3 = index[n + 3] * units;
    for (let j = 0; j < units; j++) z[j] += v0 * W[r0 + j] + v1 * W[r1 + j] + (v2 * W[r2 + j] + v3 * W[r3 + j]);
  }
  for (; n < count; n++) {
    const v = value[n];
    const row = index[n] * units;
    for (let j = 0; j < units; j++) z[j] += v * W[row + j];
  }
}

/**
 * The backward pass from the output error, which lies in the last delta.
 * @param {Layer[]} layers
 * @param {boolean} derivative false leaves σ' out, one of the faults
 * @param {(layer: Layer) => void} take what to do with each layer once its delta is known and has been sent back
 */
export function back(layers, derivative, take) {
  for (let k = layers.length - 1; k >= 0; k--) {
    if (k > 0) sendBack(layers[k], layers[k - 1], derivative);
    take(layers[k]);
  }
}

/**
 * (BP3) and (BP4) of one sample, added to the gradient of its batch.
 * @param {Layer} current
 */
export function addGradient(current) {
  const { gW, gb, delta, index, value, count, units, touched, isTouched } = current;
  for (let j = 0; j < units; j++) gb[j] += delta[j];
  for (let n = 0; n < count; n++) {
    const v = value[n];
    const row = index[n] * units;
    for (let j = 0; j < units; j++) gW[row + j] += v * delta[j];
    if (isTouched[index[n]] === 0) {
      isTouched[index[n]] = 1;
      touched[current.touchedCount++] = index[n];
    }
  }
}

/**
 * The same for a batch of one under plain SGD, where -η times the gradient can go onto the weights at once.
 * @param {Layer} current
 * @param {number} eta
 */
export function descendAtOnce({ W, b, delta, index, value, count, units }, eta) {
  for (let j = 0; j < units; j++) {
    delta[j] *= eta;
    b[j] -= delta[j];
  }
  for (let n = 0; n < count; n++) {
    const v = value[n];
    const row = index[n] * units;
    for (let j = 0; j < units; j++) W[row + j] -= v * delta[j];
  }
}

/**
 * (BP2): the error, one layer back.
 * @param {Layer} current
 * @param {Layer} before
 * @param {boolean} derivative
 */
function sendBack({ W, delta, units }, before, derivative) {
  const slope = /** @type {import("./activations.js").Activation} */ (before.activation).derivative;
  for (let i = 0; i < before.units; i++) {
    let error = 0;
    if (before.mask[i] !== 0) {
      for (let j = 0, row = i * units; j < units; j++) error += delta[j] * W[row + j];
      error *= derivative ? before.mask[i] * slope(before.a[i]) : before.mask[i];
    }
    before.delta[i] = error;
  }
}
