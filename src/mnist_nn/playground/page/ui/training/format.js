/**
 * Numbers of a training as people read them.
 */

/** @param {number} value a whole number */
export const count = (value) => Math.round(value).toLocaleString("en");

/**
 * A count for an axis, where there is little space.
 * @param {number} value
 */
export function short(value) {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  return value >= 1000 ? `${Number((value / 1000).toPrecision(4))} k` : String(Math.round(value));
}

/**
 * A share with two digits after the point, because models differ there.
 * @param {number} share
 */
export const exactPercent = (share) => `${(100 * share).toFixed(2)} %`;

/**
 * A share in whole percents, for an axis.
 * @param {number} share
 */
export const wholePercent = (share) => `${Math.round(100 * share)} %`;

/**
 * Three digits that mean something.
 * @param {number} value
 */
export function significant(value) {
  if (!Number.isFinite(value)) return "∞";
  return String(Number(value.toPrecision(3)));
}
