/**
 * A picture file with one digit, to the ink that is framed: grey, the light of the paper taken out, specks dropped.
 *
 * Simple on purpose; whole pages and numbers are for the library (`mnist-nn read`).
 */

import { InkError, say } from "../../core/errors.js";

/** @typedef {{ink: Float64Array, width: number, height: number}} Ink */

const LONGEST = 320; // pixels of the longer side that are looked at
const BLOCK = 1 / 6; // of the longer side: larger than a stroke is thick
const LEAST = 0.12; // ink that differs less from its paper is none
const SPECK = 0.04; // of the largest connected component: what is smaller is not of the digit

/**
 * @param {Blob} file
 * @returns {Promise<Ink>}
 */
export async function readInk(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (!context) throw new InkError(say`this browser cannot draw`);
  context.fillStyle = "#fff"; // what is transparent is paper
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return findInk(Float64Array.from({ length: width * height }, (_, i) => luminance(data, 4 * i)), width, height);
}

/**
 * @param {Float64Array} grey 0 black to 1 white
 * @param {number} width
 * @param {number} height
 * @returns {Ink}
 */
export function findInk(grey, width, height) {
  const middle = grey.slice().sort()[grey.length >> 1];
  const energy = (/** @type {number} */ sign) =>
    grey.reduce((sum, value) => sum + Math.max(sign * (value - middle), 0) ** 2, 0);
  const dark = energy(-1) >= energy(1);
  const light = dark ? grey : grey.map((value) => 1 - value);
  const paper = estimatePaper(light, width, height);
  const ink = light.map((value, i) => Math.max(paper[i] - value, 0) / Math.max(paper[i], 0.05));
  const level = findInkLevel(ink);
  if (level < LEAST) throw new InkError(say`there is no ink to frame; the picture is blank`);
  const soft = ink.map((value) => Math.min(Math.max((value - 0.35 * level) / (0.6 * level), 0), 1));
  return { ink: dropSpecks(soft, width, height), width, height };
}

/**
 * @param {Uint8ClampedArray} data
 * @param {number} i
 */
const luminance = (data, i) => (0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2]) / 255;

/**
 * The light of the paper everywhere: the brightest of each block, smoothed between the blocks.
 * @param {Float64Array} light
 * @param {number} width
 * @param {number} height
 */
function estimatePaper(light, width, height) {
  const side = Math.max(4, Math.round(BLOCK * Math.max(width, height)));
  const columns = Math.ceil(width / side) + 1;
  const rows = Math.ceil(height / side) + 1;
  const blocks = Array.from({ length: columns * rows }, (_, n) =>
    findBrightest(light, width, height, side, n, columns));
  return light.map((_, i) => {
    const x = (i % width) / side;
    const y = Math.floor(i / width) / side;
    const [c, r, u, v] = [Math.floor(x), Math.floor(y), x % 1, y % 1];
    const at = (/** @type {number} */ dx, /** @type {number} */ dy) => blocks[(r + dy) * columns + c + dx];
    return (1 - v) * ((1 - u) * at(0, 0) + u * at(1, 0)) + v * ((1 - u) * at(0, 1) + u * at(1, 1));
  });
}

/**
 * The 90th percentile around the corner of a block.
 * @param {Float64Array} light
 * @param {number} width
 * @param {number} height
 * @param {number} side
 * @param {number} n
 * @param {number} columns
 */
function findBrightest(light, width, height, side, n, columns) {
  const left = Math.max(0, ((n % columns) - 1) * side);
  const top = Math.max(0, (Math.floor(n / columns) - 1) * side);
  const values = [];
  for (let y = top; y < Math.min(height, top + 2 * side); y += 2) {
    for (let x = left; x < Math.min(width, left + 2 * side); x += 2) values.push(light[y * width + x]);
  }
  return values.sort((p, q) => p - q)[Math.floor(0.9 * (values.length - 1))] ?? 1;
}

/**
 * How strong full ink is: the mean of the stronger of two classes, after Otsu.
 * @param {Float64Array} ink
 */
function findInkLevel(ink) {
  const counts = new Float64Array(256);
  ink.forEach((value) => counts[Math.min(255, Math.floor(value * 256))]++);
  const total = ink.length;
  const sum = counts.reduce((all, count, i) => all + count * i, 0);
  let below = 0, belowSum = 0, best = 0, level = 0;
  counts.forEach((count, i) => {
    below += count;
    belowSum += count * i;
    const above = total - below;
    if (!below || !above) return;
    const mean = (sum - belowSum) / above;
    const between = below * above * (mean - belowSum / below) ** 2;
    if (between > best) [best, level] = [between, mean / 255];
  });
  return level;
}

/**
 * Connected components of ink that are much smaller than the largest are dropped.
 * @param {Float64Array} ink
 * @param {number} width
 * @param {number} height
 */
function dropSpecks(ink, width, height) {
  const component = new Int32Array(ink.length);
  const areas = [0];
  ink.forEach((value, i) => {
    if (value > 0 && !component[i]) areas.push(flood(ink, component, i, areas.length, width, height));
  });
  const most = Math.max(...areas);
  return ink.map((value, i) => (areas[component[i]] >= SPECK * most ? value : 0));
}

/**
 * @param {Float64Array} ink
 * @param {Int32Array} component
 * @param {number} start
 * @param {number} name
 * @param {number} width
 * @param {number} height
 */
function flood(ink, component, start, name, width, height) {
  const open = [start];
  component[start] = name;
  let area = 0;
  while (open.length) {
    const i = /** @type {number} */ (open.pop());
    area++;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const [x, y] = [(i % width) + dx, Math.floor(i / width) + dy];
        const n = y * width + x;
        if (x < 0 || y < 0 || x >= width || y >= height || ink[n] === 0 || component[n]) continue;
        component[n] = name;
        open.push(n);
      }
    }
  }
  return area;
}
