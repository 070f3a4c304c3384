/**
 * A picture turned, shifted, and with noise: what a network has to bear with.
 */

import { fold, key, normal } from "./random.js";

/**
 * Degrees counter-clockwise, pixels to the right and down, and the standard deviation of the noise, 1 being black.
 * @typedef {{turn: number, right: number, down: number, noise: number}} Distortion
 */

/** @type {Readonly<Distortion>} */
export const STILL = Object.freeze({ turn: 0, right: 0, down: 0, noise: 0 });

const NOISE = 9; // any key will do, and always the same: a picture is to look the same again

/**
 * Turned about its middle, then shifted, by bilinear interpolation with paper all around; then noise on every pixel.
 * @param {Uint8Array} pixels of a square picture
 * @param {Distortion} distortion
 * @returns {Uint8Array}
 */
export function distort(pixels, { turn, right, down, noise }) {
  if (!turn && !right && !down && !noise) return pixels;
  const side = Math.round(Math.sqrt(pixels.length));
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const middle = (side - 1) / 2;
  const drawn = noise ? normal(fold(key(NOISE), 0), pixels.length) : null;
  return Uint8Array.from(pixels, (_, n) => {
    const x = (n % side) - middle - right;
    const y = Math.floor(n / side) - middle - down;
    const ink = sample(pixels, side, middle + cos * x - sin * y, middle + sin * x + cos * y);
    return Math.round(Math.min(Math.max(ink + (drawn ? 255 * noise * drawn[n] : 0), 0), 255));
  });
}

/**
 * @param {Uint8Array} pixels
 * @param {number} side
 * @param {number} x
 * @param {number} y
 */
function sample(pixels, side, x, y) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - left, y - top];
  const at = (/** @type {number} */ column, /** @type {number} */ row) =>
    (column >= 0 && column < side && row >= 0 && row < side ? pixels[row * side + column] : 0);
  return (1 - v) * ((1 - u) * at(left, top) + u * at(left + 1, top))
    + v * ((1 - u) * at(left, top + 1) + u * at(left + 1, top + 1));
}
