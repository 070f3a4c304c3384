/**
 * Numbers as people read them: a true minus sign, as many digits as mean something.
 */

import { localize } from "./language.js";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * @param {number} value
 * @param {number} [digits] after the point
 */
export function number(value, digits = 4) {
  if (value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits) return tiny(value, Math.max(digits - 2, 1));
  return minus(fixed(value, digits));
}

/**
 * With so many digits after the point, however small.
 * @param {number} value
 * @param {number} digits
 */
export const fixed = (value, digits) => localize(value.toFixed(digits));

/**
 * As short as a small cell needs it.
 * @param {number} value
 */
export const short = (value) => (value !== 0 && Math.abs(value) < 0.0005 ? tiny(value, 0) : number(value, 3));

/**
 * Four digits that mean something, however small: for derivatives that are compared.
 * @param {number} value
 */
export const precise = (value) => (value === 0 || Math.abs(value) >= 0.01 ? number(value, 6) : tiny(value, 4));

/**
 * With its sign, also where that is plus.
 * @param {number} value
 * @param {number} [digits]
 */
export const signed = (value, digits = 4) => (value < 0 ? number(value, digits) : `+${number(value, digits)}`);

/**
 * With its sign and always as wide, where numbers stand below each other; what is too small is 0.
 * @param {number} value
 * @param {number} digits
 */
export const aligned = (value, digits) => `${value < 0 ? "−" : "+"}${fixed(Math.abs(value), digits)}`;

/**
 * A share, without pretending to be sure.
 * @param {number} share
 */
export function percent(share) {
  const rounded = Math.round(100 * share);
  if (rounded === 100 && share < 1) return "> 99 %";
  if (rounded === 0 && share > 0) return "< 1 %";
  return `${rounded} %`;
}

/**
 * @param {number} value
 * @param {number} digits
 */
function tiny(value, digits) {
  const [factor, power] = value.toExponential(digits).split("e");
  const raised = String(Math.abs(Number(power))).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  return minus(`${localize(factor)}·10⁻${raised}`);
}

/** @param {string} digits */
const minus = (digits) => digits.replace("-", "−");
