/**
 * History, signs and settings of a training as plain numbers, which the rules of a diagnosis compare with their
 * figures: the library's quantities.py, with its names.
 */

import { chooseRate, listDropoutRates, sizes } from "./config.js";

/** @typedef {import("./config.js").NetworkConfig} NetworkConfig */
/** @typedef {import("./config.js").TrainingConfig} TrainingConfig */
/** @typedef {import("./signs.js").Signs} Signs */
/** @typedef {Record<string, number>} Quantities */
/**
 * An epoch; the last two are of images held out, if there are any.
 * @typedef {{epoch: number, descended: number, accuracy: number, validation_accuracy?: number,
 *   validation_loss?: number}} Row
 */

const LEAST = 1e-12;

/**
 * Compute every number that rules look at; those that cannot be known are left out.
 * @param {NetworkConfig} shape
 * @param {TrainingConfig} training
 * @param {Row[]} history at least one
 * @param {Signs[]} signs in the order of epochs, at least one
 * @returns {Quantities}
 */
export function computeQuantities(shape, training, history, signs) {
  const last = history[history.length - 1];
  const now = signs[signs.length - 1];
  const updates = Math.ceil(now.samples / training.batch_size);
  const rate = chooseRate(shape, training);
  const looked = now.epoch === last.epoch ? now.accuracy : 0;
  const accuracy = Math.max(last.accuracy, last.validation_accuracy ?? 0, looked);
  const found = {
    epochs: last.epoch,
    updates: updates * last.epoch,
    classes: now.classes,
    label_kinds: now.label_kinds,
    accuracy,
    advantage: (accuracy - now.largest_class) / Math.max(1 - now.largest_class, 1e-9),
    rate,
    rate_ratio: rate / chooseRate(shape, { ...training, learning_rate: null }),
    input_rms: now.input_rms,
    input_spread: now.input_spread,
    unnamed: now.unnamed,
    decay: training.l2 * rate * updates,
    l2: training.l2,
    distortion: 0, // the page distorts no images
    dropout: Math.max(0, ...listDropoutRates(shape, training)),
    narrowest: shape.hidden.length ? Math.min(...shape.hidden) : shape.inputs,
    layers: shape.hidden.length,
    frozen: 0, // the page freezes no layers
    weight_growth: findGrowth(shape, now),
    ...compareLosses(history),
    ...lookAtLayers(shape, now),
    first_equal: Math.max(0, ...signs[0].equal),
    ...compareHeldOut(history),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => Number.isFinite(value)));
}

/** @param {Row[]} history @returns {Quantities} */
function compareLosses(history) {
  const losses = history.map(({ descended }) => descended);
  if (losses.length === 1) return {};
  const [before, last] = losses.slice(-2);
  const least = Math.min(...losses.slice(0, -1));
  return { loss_peak: last / Math.max(least, LEAST), loss_fall: 1 - last / Math.max(before, LEAST) };
}

/** @param {Row[]} history @returns {Quantities} */
function compareHeldOut(history) {
  const { accuracy, validation_accuracy: other } = history[history.length - 1];
  if (other === undefined) return {};
  const losses = history.flatMap(({ validation_loss: value }) => (value === undefined ? [] : [value]));
  return {
    gap: accuracy - other,
    validation_peak: losses[losses.length - 1] / Math.max(Math.min(...losses), LEAST),
  };
}

/**
 * @param {NetworkConfig} shape
 * @param {Signs} now
 * @returns {Quantities}
 */
function lookAtLayers({ hidden }, { dead, saturated, gradients }) {
  const [mostDead, mostSaturated] = [Math.max(0, ...dead), Math.max(0, ...saturated)];
  const layer = dead.indexOf(mostDead);
  const last = gradients[gradients.length - 1];
  return {
    dead: mostDead,
    saturated: mostSaturated,
    dead_layer: layer + 1,
    saturated_layer: saturated.indexOf(mostSaturated) + 1,
    dead_units: layer < 0 ? 0 : Math.round(mostDead * hidden[layer]),
    ...(last ? { first_gradient: gradients[0] / last } : {}),
  };
}

/**
 * Weights by those that Glorot's rule would draw, of the layer that has shrunk most.
 * @param {NetworkConfig} shape
 * @param {Signs} now
 */
function findGrowth(shape, { weights }) {
  const units = sizes(shape);
  return Math.min(...weights.map((rms, k) => rms / Math.sqrt(2 / (units[k] + units[k + 1]))));
}
