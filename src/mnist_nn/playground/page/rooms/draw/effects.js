/**
 * What a change inside the network does to all test digits, quickly: the weighted inputs of every layer are kept, and
 * only what lies above a changed neuron is computed again.
 */

import { activation, argmax, output } from "../../core/activations.js";
import { makeLayers, pass } from "../../core/layers.js";
import { findComponents, project } from "../../core/pca.js";

/** @typedef {import("../../core/network.js").Network} Network */
/** @typedef {import("../../ui/edits.js").Edits} Edits */
/**
 * z of every layer for every image, image by image, and the answers.
 * @typedef {{network: Network, images: Uint8Array, labels: Uint8Array, z: Float32Array[], answers: Uint8Array}} Memory
 */

/**
 * Run the network over images and keep what it computed.
 * @param {Network} network
 * @param {Uint8Array} images
 * @param {Uint8Array} labels
 * @returns {Memory}
 */
export function remember(network, images, labels) {
  const layers = makeLayers(network, false);
  const outputOf = output(network.config.output);
  const z = layers.map(({ units }) => new Float32Array(labels.length * units));
  const answers = new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    pass(layers, outputOf, images, i * network.config.inputs);
    layers.forEach((layer, k) => z[k].set(layer.z, i * layer.units));
    answers[i] = argmax(layers[layers.length - 1].z);
  }
  return { network, images, labels, z, answers };
}

/**
 * The answers of the changed network.
 * @param {Memory} memory
 * @param {Edits} edits
 * @returns {Uint8Array}
 */
export function answersWith(memory, edits) {
  const { network, labels, z, answers } = memory;
  const last = network.weights.length - 1;
  const changes = listChanges(network, edits);
  const first = changes.findIndex(({ units }) => units.length > 0);
  if (first < 0) return answers;
  const found = new Uint8Array(labels.length);
  const rows = network.biases.map((b) => new Float64Array(b.length));
  for (let i = 0; i < labels.length; i++) {
    take(rows[first], z[first], i);
    if (first < last) shift(network, changes[first], first, rows, z[first + 1], i);
    for (let k = first + 1; k < last; k++) advance(network, changes[k], k, rows);
    changes[last].units.forEach((unit) => void (rows[last][unit] += changes[last].shift[unit]));
    found[i] = argmax(rows[last]);
  }
  return found;
}

/**
 * Where the first images lie on the map of a layer: along the two directions in which its activations differ most.
 * @param {Memory} memory
 * @param {number} layer from 0; −1 stands for the pixels
 * @param {number} count
 * @returns {{components: import("../../core/pca.js").Components, points: Float64Array}} x and y of each image
 */
export function mapLayer({ network: { config, biases }, images, z }, layer, count) {
  const size = layer < 0 ? config.inputs : biases[layer].length;
  const all = layer < 0 ? images : z[layer];
  const f = layer < 0 ? (/** @type {number} */ pixel) => pixel / 255 : activation(config.activation[layer]).f;
  const rows = Float64Array.from(all.subarray(0, count * size), f);
  const components = findComponents(rows, size, 2);
  const points = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) points.set(project(components, rows.subarray(i * size, (i + 1) * size)), 2 * i);
  return { components, points };
}

/**
 * How many answers are right.
 * @param {Uint8Array} answers
 * @param {Uint8Array} labels
 */
export function countRight(answers, labels) {
  let right = 0;
  for (let i = 0; i < labels.length; i++) right += answers[i] === labels[i] ? 1 : 0;
  return right;
}

/** @typedef {{units: number[], shift: Float64Array, on: Uint8Array}} Change of one layer */

/**
 * @param {Network} network
 * @param {Edits} edits
 * @returns {Change[]}
 */
function listChanges(network, { off, bias }) {
  return network.biases.map((b, layer) => {
    /** @type {Change} */
    const change = { units: [], shift: new Float64Array(b.length), on: new Uint8Array(b.length).fill(1) };
    for (const one of bias) if (one.layer === layer) change.shift[one.unit] = one.shift;
    for (const one of off) if (one.layer === layer) change.on[one.unit] = 0;
    b.forEach((_, unit) => {
      if (change.shift[unit] !== 0 || change.on[unit] === 0) change.units.push(unit);
    });
    return change;
  });
}

/**
 * @param {Float64Array} row
 * @param {Float32Array} all
 * @param {number} i
 */
function take(row, all, i) {
  for (let j = 0, n = i * row.length; j < row.length; j++, n++) row[j] = all[n];
}

/**
 * From the lowest changed layer to the next: only what the changed neurons send is different.
 * @param {Network} network
 * @param {Change} change
 * @param {number} k
 * @param {Float64Array[]} rows
 * @param {Float32Array} above
 * @param {number} i
 */
function shift({ config, weights }, change, k, rows, above, i) {
  const { f } = activation(config.activation[k]);
  const [below, next, W] = [rows[k], rows[k + 1], weights[k + 1]];
  take(next, above, i);
  for (const unit of change.units) {
    const more = change.on[unit] * f(below[unit] + change.shift[unit]) - f(below[unit]);
    if (more !== 0) for (let j = 0, n = unit; j < next.length; j++, n += below.length) next[j] += W[n] * more;
  }
}

/**
 * From a layer to the next, all of it.
 * @param {Network} network
 * @param {Change} change
 * @param {number} k
 * @param {Float64Array[]} rows
 */
function advance({ config, weights, biases }, change, k, rows) {
  const { f } = activation(config.activation[k]);
  const [below, next, W] = [rows[k], rows[k + 1], weights[k + 1]];
  for (let j = 0; j < below.length; j++) below[j] = change.on[j] * f(below[j] + change.shift[j]);
  for (let j = 0, n = 0; j < next.length; j++) {
    let z = biases[k + 1][j];
    for (let input = 0; input < below.length; input++, n++) z += W[n] * below[input];
    next[j] = z;
  }
}
