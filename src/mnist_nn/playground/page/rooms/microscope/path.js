/**
 * The path that is followed through the network: a pixel, a neuron of every hidden layer, an output. Every step opens
 * the number that lies on it; choosing another number moves the path.
 */

/** @typedef {import("../../core/trace.js").Trace} Trace */
/** @typedef {number[]} Path pixel, then a unit of each layer, all from 0 */

/**
 * The path along which most happens: the true digit, the neuron with the largest error, the pixel with the most ink
 * that weighs most.
 * @param {Trace} t
 * @returns {Path}
 */
export function findBusiest(t) {
  const units = t.delta.map((delta, k) => (k === t.delta.length - 1 ? t.label : top(delta)));
  const row = t.weights[0].subarray(units[0] * t.x.length, (units[0] + 1) * t.x.length);
  return [top(t.x.map((x, i) => x * row[i])), ...units];
}

/** @param {Float64Array} values */
function top(values) {
  return values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best), 0);
}

/**
 * @param {string | null} text
 * @param {Trace} t
 * @returns {Path | null} null if the text names no path of this network
 */
export function parsePath(text, t) {
  const path = (text ?? "").split(".").map((n) => Number(n) - 1);
  const sizes = [t.x.length, ...t.z.map((z) => z.length)];
  const fits = path.length === sizes.length && path.every((n, k) => Number.isInteger(n) && n >= 0 && n < sizes[k]);
  return fits ? path : null;
}

/**
 * The path through a weight, the rest of it as it was.
 * @param {Path} path
 * @param {{layer: number, unit: number, input: number}} entry
 * @returns {Path}
 */
export const followWeight = (path, { layer, unit, input }) =>
  path.map((n, k) => (k === layer ? input : k === layer + 1 ? unit : n));

/** @param {Path} path */
export const namePath = (path) => path.map((n) => n + 1).join(".");
