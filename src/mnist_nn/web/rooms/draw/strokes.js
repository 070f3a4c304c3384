/**
 * Strokes of a pen: lists of points with a width, drawn at any size, and as text for the address.
 *
 * Places and widths lie between 0 and 1, in 250 steps, so that what is read from the address again is the same ink.
 */

import { toBytes, toText } from "../../ui/bytes.js";

/** @typedef {{x: number, y: number, width: number}} Point */
/** @typedef {Point[]} Stroke */

export const SIDE = 140; // of the ink that is framed, in pixels: seven for each of the 20 that come of it
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
export function point(x, y, width) {
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
 * Draw strokes, round at their ends and corners, each piece as wide as its ends are on average.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {Stroke[]} strokes
 * @param {number} side of the canvas
 */
export function draw(context, strokes, side) {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    stroke.forEach((to, i) => {
      const from = stroke[Math.max(i - 1, 0)];
      context.lineWidth = (side * (from.width + to.width)) / 2;
      context.beginPath();
      context.moveTo(side * from.x, side * from.y);
      context.lineTo(side * to.x, side * to.y);
      context.stroke();
    });
  }
}

/**
 * The ink of strokes: bytes, 0 where there is none.
 * @param {Stroke[]} strokes
 * @returns {Uint8Array} SIDE × SIDE
 */
export function inkOf(strokes) {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return new Uint8Array(SIDE * SIDE);
  draw(context, strokes, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3]);
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
      stroke.push(point(bytes[i] / STEPS, bytes[i + 1] / STEPS, bytes[i + 2] / STEPS));
      i += 3;
    }
  }
  return strokes.filter((one) => one.length > 0 && one.every(({ x, y, width }) => x + y + width >= 0));
}
