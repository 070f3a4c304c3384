/**
 * Numbers with a sign as a picture: blue above zero, orange below, the stronger the further from it.
 */

import { paint } from "./pixels.js";
import { readColour } from "./theme.js";

/**
 * Draw weights on a canvas, a canvas pixel each.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values row by row
 * @param {{width?: number, limit?: number}} [options] `limit` is what is drawn in full colour, else the largest value
 */
export function drawWeights(canvas, values, { width = Math.round(Math.sqrt(values.length)), limit } = {}) {
  const full = limit ?? largest(values);
  const [above, below] = [readColour("--positive"), readColour("--negative")];
  paint(canvas, width, Math.ceil(values.length / width), (data, i) => {
    const value = i < values.length ? values[i] : 0;
    const [red, green, blue] = value >= 0 ? above : below;
    data[4 * i] = red;
    data[4 * i + 1] = green;
    data[4 * i + 2] = blue;
    data[4 * i + 3] = full > 0 ? 255 * Math.min(Math.abs(value) / full, 1) : 0;
  });
}

/**
 * The largest of the absolute values.
 * @param {ArrayLike<number>} values
 */
export function largest(values) {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}
