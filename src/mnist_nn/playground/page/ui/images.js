/**
 * Images by name, as they stand in the address: test:123, train:5, pixels:… (28×28 bytes), ink:… (strokes of a pen).
 */

import { toBytes, toText } from "./bytes.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {{name: string, pixels: Uint8Array, label: number | null}} Named label null where nobody knows */

const SIDE = 28;

/**
 * Find an image of the data or of the address; null for a name that means none.
 * @param {App} app
 * @param {string} name
 * @returns {Promise<Named | null>}
 */
export async function findImage(app, name) {
  const [kind, rest = ""] = name.split(":");
  if (kind === "pixels") {
    const pixels = unpack(rest);
    return pixels && { name, pixels, label: null };
  }
  if (kind !== "test" && kind !== "train") return null;
  const { images, labels, count } = await (kind === "test" ? app.test() : app.training());
  const number = Number(rest);
  if (!Number.isInteger(number) || number < 0 || number >= count) return null;
  const size = SIDE * SIDE;
  return { name, pixels: images.subarray(number * size, (number + 1) * size), label: labels[number] };
}

/**
 * Name an image by its pixels: the box around its ink, then the bytes in it.
 * @param {ArrayLike<number>} pixels
 */
export function nameImage(pixels) {
  const inked = Array.from({ length: SIDE * SIDE }, (_, i) => i).filter((i) => pixels[i] > 0);
  const rows = inked.map((i) => Math.floor(i / SIDE));
  const columns = inked.map((i) => i % SIDE);
  if (!inked.length) return `pixels:${toText([0, 0, 0, 0])}`;
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  const [height, width] = [Math.max(...rows) - top + 1, Math.max(...columns) - left + 1];
  const bytes = Array.from({ length: width * height }, (_, i) => pixels[place(top, left, width, i)]);
  return `pixels:${toText([top, left, height, width, ...bytes])}`;
}

/**
 * @param {string} text
 * @returns {Uint8Array | null}
 */
function unpack(text) {
  const [top, left, height, width, ...bytes] = toBytes(text);
  if (!(top + height <= SIDE && left + width <= SIDE) || bytes.length !== width * height) return null;
  const pixels = new Uint8Array(SIDE * SIDE);
  bytes.forEach((byte, i) => void (pixels[place(top, left, width, i)] = byte));
  return pixels;
}

/**
 * Where the i-th byte of a box lies in the picture.
 * @param {number} top
 * @param {number} left
 * @param {number} width
 * @param {number} i
 */
const place = (top, left, width, i) => (top + Math.floor(i / width)) * SIDE + left + (i % width);
