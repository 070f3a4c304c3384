/**
 * Strokes of a pen: lists of points with a width, as they grow, and as text for the address.
 *
 * Places and widths lie between 0 and 1, in 250 steps, so that what is read from the address again is the same ink.
 */

import { toBytes, toText } from "../../ui/bytes.js";

/** @typedef {import("../../ui/ink.js").Point} Point */
/** @typedef {import("../../ui/ink.js").Stroke} Stroke */

const STEPS = 250;
const NEAR = 0.006; // points nearer to the last one are left out
const END = 255; // of a stroke, in the address

/**
 * The point in whole steps.
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @returns {Point}
 */
export function makePoint(x, y, width) {
  const whole = (/** @type {number} */ value) => Math.round(Math.min(Math.max(value, 0), 1) * STEPS) / STEPS;
  return { x: whole(x), y: whole(y), width: whole(width) };
}

/**
 * Add a point to a stroke, unless it is where the last one was.
 * @param {Stroke} stroke
 * @param {Point} next
 */
export function extend(stroke, next) {
  const last = stroke.at(-1);
  if (!last || Math.hypot(next.x - last.x, next.y - last.y) >= NEAR) stroke.push(next);
}

/**
 * Strokes as text of letters, digits, - and _.
 * @param {Stroke[]} strokes
 */
export function encode(strokes) {
  const bytes = strokes.flatMap((stroke) => [
    ...stroke.flatMap(({ x, y, width }) => [x, y, width].map((value) => Math.round(value * STEPS))), END,
  ]);
  return toText(bytes);
}

/**
 * The opposite of `encode`; text that is none gives no strokes.
 * @param {string} text
 * @returns {Stroke[]}
 */
export function decode(text) {
  /** @type {Stroke[]} */
  const strokes = [];
  /** @type {Stroke} */
  let stroke = [];
  const bytes = toBytes(text);
  for (let i = 0; i < bytes.length;) {
    if (bytes[i] === END) {
      strokes.push(stroke);
      stroke = [];
      i += 1;
    } else {
      stroke.push(makePoint(bytes[i] / STEPS, bytes[i + 1] / STEPS, bytes[i + 2] / STEPS));
      i += 3;
    }
  }
  return strokes.filter((one) => one.length > 0 && one.every(({ x, y, width }) => x + y + width >= 0));
}
