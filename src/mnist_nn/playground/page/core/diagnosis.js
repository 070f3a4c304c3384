/**
 * Names what went wrong in a training, by the library's rules (rules.js): what is seen, why it happens, what to try.
 * The library's diagnose.py; golden vectors hold it to the same findings, word for word.
 */

import { RULES } from "./rules.js";

/** @typedef {import("./quantities.js").Quantities} Quantities */
/** @typedef {[name: string, operator: string, figure: number | string]} Comparison */
/**
 * A rule; `setting` may name a quantity, and one that stands `alone` is left out where another holds before it.
 * @typedef {{name: string, when: Comparison[], seen: string, why: string, try: string, source: string,
 *   alone?: boolean, setting?: Record<string, string | number>}} Rule
 */
/**
 * A fault that was found; `setting` has what to try as settings of the library, by their names, and `numbers` what its
 * sentences are filled with.
 * @typedef {{name: string, seen: string, why: string, advice: string, setting: Record<string, string | number>,
 *   source: string, numbers: Quantities}} Finding
 */

/** @type {Readonly<Record<string, (a: number, b: number) => boolean>>} */
const OPERATORS = {
  "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
};
const SHARES = ["accuracy", "dropout", "saturated", "loss_fall"];

/**
 * Find the rules that hold for these numbers, the surest first.
 * @param {Quantities} quantities
 * @returns {Finding[]}
 */
export function applyRules(quantities) {
  const shown = addShown(quantities);
  /** @type {Finding[]} */
  const found = [];
  for (const rule of RULES) {
    if (holds(rule.when, quantities) && !(rule.alone && found.length)) found.push(makeFinding(rule, shown));
  }
  return found;
}

/**
 * All of a finding in one line.
 * @param {Finding} finding
 */
export const toSentence = ({ seen, why, advice }) => `${raise(seen)}: ${why}. Try ${advice}.`;

/**
 * The sentences of the rules by key, as the page looks up its words.
 * @param {readonly Rule[]} rules
 * @returns {Record<string, string>}
 */
export const listSentences = (rules) => Object.fromEntries(rules.flatMap((rule) =>
  /** @type {const} */ (["seen", "why", "try"]).map((part) => [`rule.${rule.name}.${part}`, rule[part]])));

/** @param {string} words */
export const raise = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/**
 * @param {Comparison[]} when
 * @param {Quantities} quantities
 */
function holds(when, quantities) {
  return when.every(([name, operator, figure]) => {
    const bound = typeof figure === "string" ? quantities[figure] : figure;
    return name in quantities && bound !== undefined && OPERATORS[operator](quantities[name], bound);
  });
}

/**
 * Add what only sentences and settings need.
 * @param {Quantities} q
 * @returns {Quantities}
 */
function addShown(q) {
  const known = SHARES.filter((name) => name in q);
  const shown = Object.fromEntries(known.map((name) => [`${name}_percent`, 100 * q[name]]));
  if ("rate" in q && "rate_ratio" in q) {
    Object.assign(shown, { rate_default: roundRate(q.rate / q.rate_ratio), rate_third: roundRate(q.rate / 3) });
  }
  if ("epochs" in q) shown.epochs_more = 3 * q.epochs;
  if ("gap" in q) shown.accuracy_gap = 100 * q.gap;
  return { ...q, ...shown };
}

/** @param {number} rate */
const roundRate = (rate) => Number(rate.toPrecision(2));

/**
 * @param {Rule} rule
 * @param {Quantities} shown
 * @returns {Finding}
 */
function makeFinding(rule, shown) {
  const [seen, why, advice] = [rule.seen, rule.why, rule.try].map((pattern) => fillPattern(pattern, shown));
  const setting = Object.fromEntries(Object.entries(rule.setting ?? {}).map(([name, value]) =>
    [name, typeof value === "string" && value in shown ? shown[value] : value]));
  return { name: rule.name, seen, why, advice, setting, source: rule.source, numbers: shown };
}

/**
 * @param {string} pattern with {quantity:format}
 * @param {Quantities} shown
 * @param {(digits: string) => string} [write] digits as a language writes them
 */
export function fillPattern(pattern, shown, write = (digits) => digits) {
  return pattern.replace(/\{(\w+):([^}]*)\}/g, (_, name, format) => write(formatNumber(shown[name], format)));
}

/**
 * A number in one of the formats that rules use, which are Python's: .1f and .0f, g, .1g, .2g and .3g.
 * @param {number} value
 * @param {string} format
 */
function formatNumber(value, format) {
  const [, given = "6", kind] = /** @type {RegExpExecArray} */ (/^(?:\.(\d))?([fg])$/.exec(format));
  const digits = Number(given);
  if (kind === "f") return value.toFixed(digits);
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  if (Number(exponent) >= -4 && Number(exponent) < digits) return String(Number(value.toPrecision(digits)));
  const power = String(Math.abs(Number(exponent))).padStart(2, "0");
  return `${Number(mantissa)}e${exponent.startsWith("-") ? "-" : "+"}${power}`;
}
