/**
 * Deskewing: a picture sheared by its own moments so that its strokes stand upright, as the library's deskewing.py does
 * it, in whole numbers and with the same bytes.
 */

import { ConfigError, say } from "./errors.js";

const SLANT_STEPS = 1024; // of a column for a row; the slant is at most 1
const COLUMN_STEPS = 256; // in which rows are moved
const MOST_PIXELS = 32 * 32; // up to which every number below is exact in a double

/**
 * Write an upright copy of a square picture.
 * @param {Uint8Array | Uint8ClampedArray} pixels of one picture or of several
 * @param {Uint8Array} upright the copy, which says how many pixels a picture has
 * @param {number} [start] of the picture
 */
export function deskew(pixels, upright, start = 0) {
  const total = upright.length;
  const side = Math.sqrt(total);
  if (!Number.isInteger(side) || total > MOST_PIXELS) {
    throw new ConfigError(
      say`only square pictures of up to 32 × 32 pixels are deskewed here, not ${total} pixels; use the library`,
    );
  }
  const { ink, y, slant } = measure(pixels, start, side);
  for (let r = 0; r < side; r++) {
    const shift = ink ? Math.floor((slant * (r * ink - y)) / ((SLANT_STEPS / COLUMN_STEPS) * ink)) : 0;
    const whole = Math.floor(shift / COLUMN_STEPS);
    const part = shift - whole * COLUMN_STEPS;
    const row = start + r * side;
    for (let c = 0; c < side; c++) {
      const from = c + whole;
      const left = from >= 0 && from < side ? pixels[row + from] : 0;
      const right = from >= -1 && from < side - 1 ? pixels[row + from + 1] : 0;
      upright[r * side + c] = ((COLUMN_STEPS - part) * left + part * right + COLUMN_STEPS / 2) >> 8;
    }
  }
}

/**
 * The sum of the ink and of ink times row, and the slant.
 * @param {Uint8Array | Uint8ClampedArray} pixels
 * @param {number} start
 * @param {number} side
 */
function measure(pixels, start, side) {
  let [ink, x, y, xy, yy] = [0, 0, 0, 0, 0];
  for (let r = 0, i = start; r < side; r++) {
    for (let c = 0; c < side; c++, i++) {
      const p = pixels[i];
      ink += p;
      x += p * c;
      y += p * r;
      xy += p * r * c;
      yy += p * r * r;
    }
  }
  const covariance = ink * xy - x * y;
  const slant = Math.floor((SLANT_STEPS * covariance) / Math.max(ink * yy - y * y, 1));
  return { ink, y, slant: Math.min(Math.max(slant, -SLANT_STEPS), SLANT_STEPS) };
}
