/**
 * Strokes much thinner than MNIST's, for their digit's size, made as thick as those, before they are framed.
 *
 * It follows the library's imaging/thicken.py in whole numbers, so that the same ink gives the same values.
 */

import { frame } from "./framing.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {Floats | Uint8Array | Uint8ClampedArray} Values */
/** @typedef {import("./framing.js").Ink} Ink */

const THIN_PER_MILLE = 43; // a pen below this share of the longer side is thin
const TARGET_PER_MILLE = 100; // what it is brought to
const MOST_SIDE = 160; // larger ink is made smaller first, by the maximum of blocks

/**
 * Frame a digit, its strokes thickened where the pen was thin: what a network is shown of ink that is no MNIST picture.
 * @param {Values} values row by row: bytes, or floats from 0 to 1; 0 is background
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array} 28 × 28
 */
export function frameDigit(values, width, height) {
  const ink = thicken(values, width, height);
  return frame(ink.values, ink.width, ink.height);
}

/**
 * Thicken the strokes of a digit whose pen was thin; other ink is returned as it is.
 * @param {Values} values row by row; 0 is background
 * @param {number} width
 * @param {number} height
 * @returns {{values: Values, width: number, height: number}} floats of another size where strokes were thickened
 */
export function thicken(values, width, height) {
  const ink = { values, width, height };
  const digit = cropToFloats(values, width, height);
  if (!digit || !isThin(measure(digit))) return ink;
  const reduced = reduce(digit, Math.ceil(Math.max(digit.width, digit.height) / MOST_SIDE));
  const radius = findRadius(measure(reduced));
  return radius > 0 ? grow(reduced, radius) : ink;
}

/**
 * Area, perimeter and longer side of what has more than half of the strongest ink, in whole pixels and their edges.
 * @param {Ink} ink
 */
function measure({ values, width, height }) {
  let most = 0, area = 0, perimeter = 0;
  for (const value of values) most = Math.max(most, value);
  const strokes = Uint8Array.from(values, (value) => (2 * value > most ? 1 : 0));
  const at = (/** @type {number} */ x, /** @type {number} */ y) => (x < 0 || y < 0 ? 0 : strokes[y * width + x]);
  strokes.forEach((stroke, i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    area += stroke;
    perimeter += Math.abs(stroke - at(x - 1, y)) + Math.abs(stroke - at(x, y - 1));
    if (x === width - 1) perimeter += stroke;
    if (y === height - 1) perimeter += stroke;
  });
  const box = findBox(strokes, width, height);
  return { area, perimeter, side: Math.max(box.right - box.left, box.bottom - box.top) };
}

/** @param {{area: number, perimeter: number, side: number}} measures */
const isThin = ({ area, perimeter, side }) => 2000 * area < THIN_PER_MILLE * side * perimeter;

/**
 * Half of what the pen lacks, rounded to whole pixels.
 * @param {{area: number, perimeter: number, side: number}} measures
 */
function findRadius({ area, perimeter, side }) {
  const lack = TARGET_PER_MILLE * side * perimeter - 2000 * area;
  return Math.floor((lack + 1000 * perimeter) / (2000 * perimeter));
}

/**
 * The tight box around whatever is not background, as floats from 0 to 1; null where there is none.
 * @param {Values} values
 * @param {number} width
 * @param {number} height
 * @returns {Ink | null}
 */
function cropToFloats(values, width, height) {
  const { left, right, top, bottom } = findBox(values, width, height);
  if (right === 0) return null;
  const full = values instanceof Uint8Array || values instanceof Uint8ClampedArray ? 255 : 1;
  const digit = makeBlank(right - left, bottom - top);
  digit.values.forEach((_, i) => {
    const place = (top + Math.floor(i / digit.width)) * width + left + (i % digit.width);
    digit.values[i] = values[place] / full;
  });
  return digit;
}

/**
 * The tight box around whatever is not 0; its right and bottom are excluded, and 0 where there is nothing.
 * @param {Values} values
 * @param {number} width
 * @param {number} height
 */
function findBox(values, width, height) {
  let left = width, right = 0, top = height, bottom = 0;
  values.forEach((value, i) => {
    if (value === 0) return;
    const x = i % width;
    const y = Math.floor(i / width);
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x + 1), Math.min(top, y), Math.max(bottom, y + 1)];
  });
  return { left, right, top, bottom };
}

/**
 * Make ink smaller: the maximum of each block of so many pixels both ways, from the upper left corner.
 * @param {Ink} ink
 * @param {number} block
 */
function reduce(ink, block) {
  if (block === 1) return ink;
  const reduced = makeBlank(Math.ceil(ink.width / block), Math.ceil(ink.height / block));
  ink.values.forEach((value, i) => {
    const x = Math.floor((i % ink.width) / block);
    const y = Math.floor(Math.floor(i / ink.width) / block);
    raise(reduced, x, y, value);
  });
  return reduced;
}

/**
 * Take the maximum over a disk around each pixel.
 * @param {Ink} ink
 * @param {number} radius
 */
function grow(ink, radius) {
  const grown = makeBlank(ink.width + 2 * radius, ink.height + 2 * radius);
  ink.values.forEach((value, i) => {
    if (value === 0) return;
    const x = (i % ink.width) + radius;
    const y = Math.floor(i / ink.width) + radius;
    for (let down = -radius; down <= radius; down++) {
      const reach = Math.floor(Math.sqrt(radius * radius - down * down));
      for (let across = -reach; across <= reach; across++) raise(grown, x + across, y + down, value);
    }
  });
  return grown;
}

/**
 * @param {Ink} ink
 * @param {number} x
 * @param {number} y
 * @param {number} value
 */
function raise({ values, width }, x, y, value) {
  const place = y * width + x;
  if (values[place] < value) values[place] = value;
}

/**
 * @param {number} width
 * @param {number} height
 * @returns {Ink}
 */
function makeBlank(width, height) {
  return { width, height, values: new Float64Array(width * height) };
}
