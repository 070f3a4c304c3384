/**
 * How well a network does on labelled images, and what it says to each.
 */

import { argmax, output } from "./activations.js";
import { makeLayers, pass } from "./layers.js";
import { loss, meanSquaredError } from "./losses.js";

/** @typedef {import("./network.js").Network} Network */
/**
 * `predictions` has a digit an image; `topShares` the share that the digit has of all outputs; `confusion` counts
 * images by label and prediction, confusion[label * outputs + prediction]; `loss` is the mean of the reported loss,
 * and `error` the mean squared error.
 * @typedef {{samples: number, correct: number, accuracy: number, loss: number, error: number,
 *   predictions: Uint8Array, topShares: Float32Array, confusion: Uint32Array}} Evaluation
 */

/**
 * Run the network over images.
 * @param {Network} network
 * @param {Uint8Array} images one after the other
 * @param {Uint8Array} labels
 * @param {string} [lossName] "mse" goes with all outputs
 * @returns {Evaluation}
 */
export function evaluate(network, images, labels, lossName = "mse") {
  const { inputs, outputs, output: name } = network.config;
  const { reported } = loss(lossName, name);
  const layers = makeLayers(network, false);
  const { z, a } = layers[layers.length - 1];
  const predictions = new Uint8Array(labels.length);
  const topShares = new Float32Array(labels.length);
  const confusion = new Uint32Array(outputs * outputs);
  let correct = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < labels.length; i++) {
    pass(layers, output(name), images, i * inputs);
    predictions[i] = argmax(z);
    topShares[i] = shareOf(a, predictions[i]);
    confusion[labels[i] * outputs + predictions[i]]++;
    correct += predictions[i] === labels[i] ? 1 : 0;
    sum += reported(z, a, labels[i]);
    squares += meanSquaredError(z, a, labels[i]);
  }
  const samples = labels.length;
  const [accuracy, mean, error] = [correct, sum, squares].map((total) => total / samples);
  return { samples, correct, accuracy, loss: mean, error, predictions, topShares, confusion };
}

/**
 * @param {Float64Array} o
 * @param {number} i
 */
function shareOf(o, i) {
  let sum = 0;
  for (let j = 0; j < o.length; j++) sum += o[j];
  return o[i] / Math.max(sum, Number.MIN_VALUE);
}
