/**
 * The loss as a curve over one weight, all other weights being as they are. Only what lies above the weight is computed
 * again for each point.
 */

import { loss } from "./losses.js";
import { activate, forward, weigh } from "./network.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {{pixels: import("./network.js").Picture, label: number}} Sample */
/** @typedef {{layer: number, unit: number, input: number}} Entry of a weight matrix */

/**
 * The mean of the descended loss over samples, as a function of how far one weight is moved.
 * @param {Network} network
 * @param {Sample[]} samples
 * @param {string} lossName
 * @param {Entry} entry
 * @returns {(moved: number) => number}
 */
export function lossAlong({ config, weights, biases }, samples, lossName, { layer, unit, input }) {
  const { descended } = loss(lossName, config.output);
  const last = weights.length - 1;
  const passes = samples.map(({ pixels, label }) => {
    const { z, a } = forward({ config, weights, biases }, pixels);
    return { label, z: z[layer], fed: a[layer][input] };
  });
  return (moved) => {
    let sum = 0;
    for (const { label, z: before, fed } of passes) {
      /** @type {Float64Array} */
      let z = before.slice();
      z[unit] += moved * fed;
      let a = activate(config, layer, z);
      for (let k = layer + 1; k <= last; k++) {
        z = weigh(weights[k], biases[k], a);
        a = activate(config, k, z);
      }
      sum += descended(z, a, label);
    }
    return sum / samples.length;
  };
}

/**
 * The slope of such a curve where the weight is, by a central difference of five points.
 * @param {(moved: number) => number} curve
 */
export function slopeOf(curve) {
  const step = 1e-3;
  return (8 * (curve(step) - curve(-step)) - (curve(2 * step) - curve(-2 * step))) / (12 * step);
}
