/**
 * From the ink of one digit to the 28×28 picture a network knows, made as MNIST's own were.
 *
 * The six steps are those of the library's imaging/framing.py, every sum taken in the same order, so that the same
 * ink gives the same bytes.
 */

import { InkError, say } from "./errors.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {{width: number, height: number, values: Float64Array}} Ink row by row */

export const SIDE = 28;
const INNER = 20; // the digit itself fits in a square of this side
const LEAST = 10; // a box smaller than this is padded, so that a dot does not become a blot
const FOOTPRINT = 0.99; // of a source pixel, when its ink is spread over the smaller grid
const ROUNDING = 1e-11; // a pixel edge this near to a grid line lies on it

/**
 * Frame a digit: cropped, squared, resized to 20×20 and centred in 28×28 by its centre of mass.
 * @param {Floats | Uint8Array | Uint8ClampedArray} ink row by row: bytes, or floats from 0 to 1; 0 is background
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array} 28 × 28
 */
export function frame(ink, width, height) {
  const small = resample(doubleSize(padToSquare(crop(asFloats(ink, width, height)))));
  const scale = 255 / Math.min(1, small.reduce((most, value) => Math.max(most, value), 0));
  const digit = Uint8Array.from(small, (value) => Math.min(Math.max(Math.floor(value * scale + 0.5), 0), 255));
  return placeAtCentre(digit);
}

/**
 * @param {Floats | Uint8Array | Uint8ClampedArray} ink
 * @param {number} width
 * @param {number} height
 * @returns {Ink}
 */
function asFloats(ink, width, height) {
  if (ink.length !== width * height) {
    throw new InkError(
      say`the ink has ${ink.length} values, but the picture has ${width} × ${height} pixels; give one for each pixel`,
    );
  }
  const bytes = ink instanceof Uint8Array || ink instanceof Uint8ClampedArray;
  const values = Float64Array.from(ink, (value) => (bytes ? value / 255 : value));
  if (!values.every((value) => Number.isFinite(value) && value >= 0)) {
    throw new InkError(
      say`the ink contains values that are negative or not finite; give 0 for paper and up to 1 for ink`,
    );
  }
  if (!values.some((value) => value > 0)) {
    throw new InkError(
      say`the picture is blank, so there is nothing to frame; draw something`,
    );
  }
  return { width, height, values };
}

/**
 * Step 1: the tight box around whatever is not background.
 * @param {Ink} ink
 */
function crop({ width, height, values }) {
  let left = width, right = -1, top = height, bottom = -1;
  values.forEach((value, i) => {
    if (value === 0) return;
    const x = i % width;
    const y = Math.floor(i / width);
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  return makePicture(right - left + 1, bottom - top + 1, (x, y) => values[(top + y) * width + left + x]);
}

/**
 * Step 2: background around it up to a square, the odd row or column after it.
 * @param {Ink} ink
 */
function padToSquare({ width, height, values }) {
  const side = Math.max(width, height, LEAST);
  const left = Math.floor((side - width) / 2);
  const top = Math.floor((side - height) / 2);
  return makePicture(side, side, (x, y) => {
    const inside = x >= left && x < left + width && y >= top && y < top + height;
    return inside ? values[(y - top) * width + x - left] : 0;
  });
}

/**
 * Step 3: every pixel becomes four until the square is large enough to be made smaller.
 * @param {Ink} ink
 * @returns {Ink}
 */
function doubleSize(ink) {
  const { width, values } = ink;
  if (width >= INNER) return ink;
  return doubleSize(makePicture(2 * width, 2 * width, (x, y) => values[(y >> 1) * width + (x >> 1)]));
}

/**
 * Step 4: spread every pixel's ink over the cells of a 20×20 grid that it covers; rows first, then columns.
 * @param {Ink} ink
 * @returns {Float64Array} 20 × 20
 */
function resample({ width, values }) {
  const cells = spreadWeights(width);
  const rows = weigh(cells, width, (source, x) => values[source * width + x]);
  const columns = weigh(cells, INNER, (source, y) => rows[y * width + source]);
  return makePicture(INNER, INNER, (x, y) => columns[x * INNER + y]).values;
}

/**
 * Sum the sources of each cell, weighted, from the first to the last.
 * @param {[number, number][][]} cells
 * @param {number} lines how many sums a cell has
 * @param {(source: number, line: number) => number} value
 * @returns {Float64Array} cells × lines
 */
function weigh(cells, lines, value) {
  const sums = new Float64Array(cells.length * lines);
  cells.forEach((sources, cell) => {
    for (const [source, weight] of sources) {
      for (let line = 0; line < lines; line++) sums[cell * lines + line] += weight * value(source, line);
    }
  });
  return sums;
}

/**
 * The source pixels that each of the 20 cells takes ink from, with their weights.
 * @param {number} side of the source
 * @returns {[number, number][][]}
 */
function spreadWeights(side) {
  const scale = INNER / side;
  /** @type {[number, number][][]} */
  const cells = Array.from({ length: INNER }, () => []);
  for (let i = 0; i < side; i++) {
    const start = INNER / 2 + scale * (i - side / 2);
    const end = start + FOOTPRINT * scale;
    const first = Math.floor(start + ROUNDING);
    const last = Math.ceil(end - ROUNDING) - 1;
    if (first === last) {
      cells[first].push([i, scale]);
    } else {
      cells[first].push([i, clip(first + 1 - start)]);
      cells[last].push([i, clip(end - last)]);
    }
  }
  return cells;
}

/**
 * Steps 5 and 6: the bytes' centre of mass goes to the centre of the picture, (14, 15] in each direction.
 * @param {Uint8Array} digit 20 × 20
 * @returns {Uint8Array}
 */
function placeAtCentre(digit) {
  let total = 0, down = 0, across = 0; // pixel centres lie at i + 1/2; whole numbers keep the sums exact
  digit.forEach((byte, i) => {
    total += 2 * byte;
    down += byte * (2 * Math.floor(i / INNER) + 1);
    across += byte * (2 * (i % INNER) + 1);
  });
  const top = Math.trunc(15 - down / total);
  const left = Math.trunc(15 - across / total);
  const framed = new Uint8Array(SIDE * SIDE);
  digit.forEach((byte, i) => {
    const y = top + Math.floor(i / INNER);
    const x = left + (i % INNER);
    if (y >= 0 && y < SIDE && x >= 0 && x < SIDE) framed[y * SIDE + x] = byte;
  });
  return framed;
}

/** @param {number} value */
const clip = (value) => Math.min(Math.max(value, 0), 1);

/**
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => number} value
 * @returns {Ink}
 */
function makePicture(width, height, value) {
  const values = Float64Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  return { width, height, values };
}
