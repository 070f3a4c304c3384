/**
 * Long trainings stay readable, and the page within its memory: of many epochs every second, fourth, eighth … is kept.
 */

/** @typedef {import("../../worker/lane.js").Moment} Moment */
/** @typedef {import("../../worker/lane.js").Point} Point */

const MOMENTS = 120;
const POINTS = 4000;

/**
 * The moments that are kept of these; the beginning and the last always are.
 * @param {Moment[]} moments in order
 * @param {number} [most] of whole epochs
 * @returns {Moment[]}
 */
export function thinMoments(moments, most = MOMENTS) {
  const last = moments[moments.length - 1];
  let step = 1;
  while (last.epoch / step > most) step *= 2;
  return moments.filter((one) => one === last || one.offset > 0 || one.epoch <= 1 || one.epoch % step === 0);
}

/**
 * Take every second point away where there are too many, in place; the newest stay.
 * @param {Point[]} points
 */
export function thinPoints(points) {
  if (points.length <= POINTS) return;
  const old = points.splice(0, points.length - POINTS / 4);
  points.unshift(...old.filter((_, i) => i % 2 === 0));
}

/**
 * A few of many, evenly, always with the first, the last and the one looked at.
 * @param {number} count
 * @param {number} chosen
 * @param {number} most
 * @returns {number[]} their numbers, in order
 */
export function chooseFew(count, chosen, most) {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  const even = Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
  const nearest = even.reduce((best, n, i) => (Math.abs(n - chosen) < Math.abs(even[best] - chosen) ? i : best), 0);
  if (nearest > 0 && nearest < most - 1) even[nearest] = chosen;
  else if (!even.includes(chosen)) even.splice(nearest === 0 ? 1 : nearest, 0, chosen);
  return even;
}
