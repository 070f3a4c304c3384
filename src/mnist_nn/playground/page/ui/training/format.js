/**
 * Numbers of a training as people read them.
 */

import { localize } from "../language.js";

/**
 * A count for an axis, where there is little space.
 * @param {number} value
 */
export function short(value) {
  if (value >= 1e6) return `${shorten(value / 1e6, 3)} M`;
  return value >= 1000 ? `${shorten(value / 1000, 4)} k` : String(Math.round(value));
}

/**
 * A share with two digits after the point, because models differ there.
 * @param {number} share
 */
export const exactPercent = (share) => `${localize((100 * share).toFixed(2))} %`;

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
  return shorten(value, 3);
}

/**
 * @param {number} value
 * @param {number} digits that mean something; zeros at the end are left out
 */
const shorten = (value, digits) => localize(String(Number(value.toPrecision(digits))));
