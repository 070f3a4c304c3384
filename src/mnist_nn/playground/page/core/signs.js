/**
 * What is measured of a network at the end of an epoch, on a few training images, to tell what goes wrong: the
 * library's signs.py, with its names and figures. It judges nothing.
 */

import { argmax, output } from "./activations.js";
import { addGradient, back, makeLayers, pass } from "./layers.js";
import { loss } from "./losses.js";
import { countParameters } from "./network.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {import("./layers.js").Layer} Layer */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {{images: Uint8Array, labels: Uint8Array, rows: Uint32Array | null}} Learned rows null for all of them */
/**
 * The names are those of the library's Signs; what belongs to layers is a list.
 * @typedef {{epoch: number, samples: number, classes: number, label_kinds: number, largest_class: number,
 *   input_rms: number, input_spread: number, accuracy: number, unnamed: number, dead: number[], saturated: number[],
 *   equal: number[], gradients: number[], weights: number[]}} Signs
 */

const IMAGES = 200; // that are looked at
const WORK = 400_000_000; // multiplications of a pass over them: with a very wide network, fewer are looked at
const FEWEST = 20;
const FEW = 5; // images of a class, below which it says nothing that none was named so
/** The ends of activations that saturate. @type {Readonly<Record<string, [number, number]>>} */
const SQUASHED = { sigmoid: [0, 1], tanh: [-1, 1] };
const NEAR = 0.02; // of the way between the ends counts as at the end
const MOSTLY = 0.95; // of the images, for a unit to count as saturated
const SAME = 1e-4; // of the length of weights, below which two units differ by nothing
const LARGEST = 3.4028234663852886e38; // of a float32; what overflowed stays a number
const TINY = 1.1754943508222875e-38;

/**
 * Measure the signs of a network as it is after an epoch.
 * @param {Network} network
 * @param {Learned} learned what it learns from; 200 images of them, spread evenly, or fewer with a very wide network
 * @param {{loss: string}} training
 * @param {number} epoch which one is over, from 1
 * @returns {Signs}
 */
export function measureSigns(network, learned, { loss: name }, epoch) {
  const { config } = network;
  const all = listLabels(learned);
  const most = Math.min(IMAGES, Math.max(Math.floor(WORK / countParameters(config)), FEWEST));
  const numbers = spread(all.length, most);
  const labels = numbers.map((number) => all[number]);
  const rows = numbers.map((number) => learned.rows?.[number] ?? number);
  const { layers, units, named } = run(network, learned.images, rows, labels, name);
  const kinds = countKinds(all, config.outputs);
  const present = countKinds(labels, config.outputs).flatMap((count, kind) => (count >= FEW ? [kind] : []));
  const hidden = layers.slice(0, -1);
  return {
    epoch,
    samples: all.length,
    classes: config.outputs,
    label_kinds: kinds.filter((count) => count > 0).length,
    largest_class: Math.max(...kinds) / all.length,
    ...describeInputs(learned.images, rows, config.inputs),
    accuracy: named.filter((kind, i) => kind === labels[i]).length / labels.length,
    unnamed: present.filter((kind) => !named.includes(kind)).length,
    dead: hidden.map((_, k) => (config.activation[k] === "relu" ? share(units[k].zero, (n) => n === rows.length) : 0)),
    saturated: hidden.map((_, k) => share(units[k].ends, (n) => n / rows.length > MOSTLY)),
    equal: hidden.map((_, k) => findEqual(network.weights[k], config.hidden[k])),
    gradients: layers.map(({ gW }) => rootMeanSquare(gW, rows.length)),
    weights: network.weights.map((W) => rootMeanSquare(W)),
  };
}

/**
 * Both passes over the images: the gradients stay in the layers, `units` counts how often each hidden unit answered 0
 * or lay at an end, and `named` has the answers.
 * @param {Network} network
 * @param {Uint8Array} images
 * @param {number[]} rows
 * @param {number[]} labels
 * @param {string} name of the loss
 */
function run(network, images, rows, labels, name) {
  const { config } = network;
  const layers = makeLayers(network);
  const { outputDelta } = loss(name, config.output);
  const last = layers[layers.length - 1];
  const units = layers.slice(0, -1).map((layer) =>
    ({ zero: new Uint32Array(layer.units), ends: new Uint32Array(layer.units) }));
  const named = rows.map((row, i) => {
    pass(layers, output(config.output), images, row * config.inputs);
    outputDelta(last.a, labels[i], last.delta);
    back(layers, true, addGradient);
    units.forEach((counts, k) => countUnits(layers[k], config.activation[k], counts));
    return argmax(last.z);
  });
  return { layers, units, named };
}

/**
 * @param {Layer} layer
 * @param {string} name of its activation
 * @param {{zero: Uint32Array, ends: Uint32Array}} counts
 */
function countUnits({ a, units }, name, { zero, ends }) {
  const [low, high] = SQUASHED[name] ?? [-Infinity, Infinity];
  const margin = name in SQUASHED ? NEAR * (high - low) : 0;
  for (let i = 0; i < units; i++) {
    if (a[i] === 0) zero[i]++;
    if (a[i] < low + margin || a[i] > high - margin) ends[i]++;
  }
}

/** @param {Learned} learned */
const listLabels = ({ labels, rows }) => (rows ? Uint8Array.from(rows, (row) => labels[row]) : labels);

/**
 * Numbers of the samples that are looked at.
 * @param {number} samples
 * @param {number} most
 */
function spread(samples, most) {
  const count = Math.min(most, samples);
  const step = count > 1 ? (samples - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => (i > 0 && i === count - 1 ? samples - 1 : Math.trunc(i * step)));
}

/**
 * @param {ArrayLike<number>} labels
 * @param {number} outputs
 */
function countKinds(labels, outputs) {
  const counts = Array(outputs).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return counts;
}

/**
 * Root mean square of the inputs, and the mean over them of their standard deviation from image to image.
 * @param {Uint8Array} images
 * @param {number[]} rows
 * @param {number} inputs
 */
function describeInputs(images, rows, inputs) {
  let squares = 0;
  let spreads = 0;
  for (let i = 0; i < inputs; i++) {
    const values = rows.map((row) => images[row * inputs + i] / 255);
    const mean = values.reduce((sum, x) => sum + x, 0) / rows.length;
    squares += values.reduce((sum, x) => sum + x * x, 0);
    spreads += Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / rows.length);
  }
  return { input_rms: Math.sqrt(squares / (rows.length * inputs)), input_spread: spreads / inputs };
}

/**
 * @param {Uint32Array} counts
 * @param {(count: number) => boolean} is
 */
const share = (counts, is) => counts.filter(is).length / counts.length;

/**
 * The share of units, the first left out, that have its weights.
 * @param {Floats} W
 * @param {number} units
 */
function findEqual(W, units) {
  if (units === 1) return 0;
  const inputs = W.length / units;
  const apart = (/** @type {number} */ unit) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += (W[unit * inputs + i] - (unit ? W[i] : 0)) ** 2;
    return Math.sqrt(sum);
  };
  const length = Math.max(apart(0), TINY);
  const others = Array.from({ length: units - 1 }, (_, i) => apart(i + 1));
  return others.filter((distance) => distance <= SAME * length).length / others.length;
}

/**
 * @param {Floats} values
 * @param {number} [by] what they are divided by
 */
function rootMeanSquare(values, by = 1) {
  let sum = 0;
  for (const value of values) sum += (value / by) ** 2;
  const found = Math.sqrt(sum / values.length);
  return Number.isFinite(found) ? found : LARGEST;
}
