/**
 * One update of all layers, once the gradient of a batch is known: decay, the optimiser's step, the limit on norms.
 *
 * Plain SGD changes only the rows of weights that the gradient has touched; the other optimizers have a memory, and
 * change every weight each time.
 */

import { addGradient, descendAtOnce, transpose } from "./layers.js";
import { optimizer } from "./optimizers.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {import("./config.js").TrainingConfig} TrainingConfig */
/** @typedef {import("./layers.js").Layer} Layer */
/** @typedef {Record<string, Floats[]>} Slots for each name one array a parameter, in the order W1, b1, W2, b2, … */

/**
 * Change the layers by the gradient that they hold, and forget it.
 * @param {Layer[]} layers
 * @param {Slots} slots weights in the layout of the layers
 * @param {number} t number of this update, from 1
 * @param {number} eta
 * @param {TrainingConfig} training
 */
export function update(layers, slots, t, eta, training) {
  layers.forEach((layer, k) => {
    decay(layer, eta, training);
    if (training.optimizer === "sgd") descend(layer, eta);
    else step(layer, k, slots, t, eta, training);
    for (let n = 0; n < layer.touchedCount; n++) layer.isTouched[layer.touched[n]] = 0;
    layer.touchedCount = 0;
    layer.gb.fill(0);
    shorten(layer, training);
  });
}

/**
 * What the backward pass does with a layer: add up the gradient for `update`, or, where a batch is one sample under
 * plain SGD, the whole update at once.
 * @param {number} eta
 * @param {TrainingConfig} training
 * @returns {{atOnce: boolean, take: (layer: Layer) => void}}
 */
export function chooseTake(eta, training) {
  if (training.optimizer !== "sgd" || training.batch_size > 1) return { atOnce: false, take: addGradient };
  const take = (/** @type {Layer} */ layer) => {
    decay(layer, eta, training);
    descendAtOnce(layer, eta);
    shorten(layer, training);
  };
  return { atOnce: true, take };
}

/**
 * λ: for sgd and adamw (1 - ηλ) W before the step, which for sgd equals λW in the gradient; else λW in the gradient.
 * @param {Layer} layer
 * @param {number} eta
 * @param {TrainingConfig} training
 */
function decay({ W, gW }, eta, { l2, optimizer: name }) {
  if (l2 === 0) return;
  if (name === "sgd" || name === "adamw") {
    const kept = 1 - eta * l2;
    for (let i = 0; i < W.length; i++) W[i] *= kept;
  } else {
    for (let i = 0; i < W.length; i++) gW[i] += l2 * W[i];
  }
}

/**
 * p ← p - η g, over the rows that have a gradient, which is 0 again afterwards.
 * @param {Layer} layer
 * @param {number} eta
 */
function descend({ W, b, gW, gb, touched, touchedCount, units }, eta) {
  for (let j = 0; j < units; j++) b[j] -= eta * gb[j];
  for (let n = 0; n < touchedCount; n++) {
    const row = touched[n] * units;
    for (let j = row; j < row + units; j++) {
      W[j] -= eta * gW[j];
      gW[j] = 0;
    }
  }
}

/**
 * An optimizer with a memory, over every weight.
 * @param {Layer} layer
 * @param {number} k number of the layer
 * @param {Slots} slots
 * @param {number} t
 * @param {number} eta
 * @param {TrainingConfig} training
 */
function step(layer, k, slots, t, eta, training) {
  const { step: change, slots: names } = optimizer(training.optimizer);
  const constants = { ...training, momentum: training.momentum ?? 0.9 };
  const memory = (/** @type {number} */ p) => names.map((name) => slots[name][p]);
  change(layer.W, layer.gW, memory(2 * k), t, eta, constants);
  change(layer.b, layer.gb, memory(2 * k + 1), t, eta, constants);
  layer.gW.fill(0); // all of it: λW reached rows that no input has touched
}

/**
 * Scale the weights into each hidden unit back where their vector is longer than the limit.
 * @param {Layer} layer
 * @param {TrainingConfig} training
 */
function shorten({ W, inputs, units, z, activation }, { max_norm: limit }) {
  if (limit === null || !activation) return;
  z.fill(0); // free until the next pass
  for (let i = 0; i < W.length; i++) z[i % units] += W[i] * W[i];
  for (let j = 0; j < units; j++) z[j] = limit / Math.max(Math.sqrt(z[j]), limit);
  for (let i = 0, w = 0; i < inputs; i++) {
    for (let j = 0; j < units; j++) W[w++] *= z[j];
  }
}

/**
 * The memory of an optimiser: as it was saved, or zeros.
 * @param {string} name of the optimiser
 * @param {Layer[]} layers
 * @param {Slots} [saved] weights row by row, as in a network
 * @returns {Slots}
 */
export function makeSlots(name, layers, saved) {
  return Object.fromEntries(
    optimizer(name).slots.map((slot) => [
      slot,
      layers.flatMap(({ W, b, units, inputs }, k) => {
        const old = saved?.[slot];
        return old
          ? [transpose(old[2 * k], units, inputs), old[2 * k + 1].slice()]
          : [W.slice().fill(0), b.slice().fill(0)];
      }),
    ]),
  );
}

/**
 * The same with weights row by row again.
 * @param {Slots} slots
 * @param {Layer[]} layers
 * @returns {Slots}
 */
export function saveSlots(slots, layers) {
  return Object.fromEntries(
    Object.entries(slots).map(([slot, arrays]) => [
      slot,
      layers.flatMap(({ inputs, units }, k) => [transpose(arrays[2 * k], inputs, units), arrays[2 * k + 1].slice()]),
    ]),
  );
}
