/**
 * Formulas as MathML, which browsers set by themselves. A symbol is a letter with an index: ["z", "h"] is z_h.
 */

import { set } from "../../ui/dom.js";

/** @typedef {string[]} Symbol letter, and index if it has one */
/** @typedef {Node | string | Symbol} Part strings of letters are variables, of digits numbers, of others signs */

const MATHML = "http://www.w3.org/1998/Math/MathML";

/**
 * A formula of its own line, or in the midst of text.
 * @param {Part[]} parts
 * @param {boolean} [block]
 */
export function math(parts, block = false) {
  const element = node("math", ...parts.map(part));
  if (block) element.setAttribute("display", "block");
  return element;
}

/** @param {...Part} parts */
export const group = (...parts) => node("mrow", ...parts.map(part));

/**
 * @param {Part} above
 * @param {Part} below
 */
export const over = (above, below) => node("mfrac", part(above), part(below));

/**
 * @param {Part} base
 * @param {Part} exponent
 */
export const power = (base, exponent) => node("msup", part(base), part(exponent));

/**
 * Σ with its index below.
 * @param {Part} index
 */
export const sumOver = (index) => node("munder", sign("∑"), part(index));

/**
 * A symbol's entry: ["W", "ho"] at ["4", "7"] is W_ho,4,7 with the places in brackets.
 * @param {Symbol} symbol
 * @param {...(string | number)} places
 */
export const entry = (symbol, ...places) => group(symbol, sign("["), node("mn", places.join(", ")), sign("]"));

/** @param {string} text */
export function sign(text) {
  return node("mo", text);
}

/** Words in a formula. @param {string} text */
export const words = (text) => node("mtext", text);

/**
 * @param {Part} value
 * @returns {Node}
 */
function part(value) {
  if (value instanceof Node) return value;
  if (Array.isArray(value)) return value[1] ? node("msub", letter(value[0]), letter(value[1])) : letter(value[0]);
  if (/^[−+]?[\d.,\s]+$/.test(value)) return node("mn", value);
  return /^\p{L}+$/u.test(value) ? letter(value) : sign(value);
}

/** @param {string} text */
function letter(text) {
  const element = node(/^\d+$/.test(text) ? "mn" : "mi", text);
  if (element.localName === "mn") return element;
  // Browsers take italic letters from a block of their own, which lacks the h: they are made italic by style instead.
  set(element, { mathvariant: "normal", class: text.length > 1 ? null : "letter" });
  return element;
}

/**
 * @param {string} tag
 * @param {...(Node | string)} children
 */
function node(tag, ...children) {
  const element = document.createElementNS(MATHML, tag);
  element.append(...children);
  return element;
}

/** A symbol in plain letters, for labels: z_h. @param {Symbol} symbol */
export const plain = ([base, index]) => (index ? `${base}_${index}` : base);
