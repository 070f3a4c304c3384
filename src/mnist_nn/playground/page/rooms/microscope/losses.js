/**
 * The loss, and the mismatch of classic_mse in numbers: what is printed, what is descended, and what the derivative
 * of each would be.
 */

import { h, wide } from "../../ui/dom.js";
import { number, precise } from "../../ui/format.js";
import { text } from "../../ui/text.js";
import { entry, math } from "./mathml.js";
import { formatWeightPlace } from "./symbols.js";

/** @typedef {import("../../core/trace.js").Trace} Trace */
/** @typedef {ReturnType<typeof import("../../core/trace.js").candidateLosses>} Candidates */

/**
 * What an output adds to each loss, from z so that it stays finite, and how that is written.
 * @type {Record<string, {written: string, term: (t: Trace, k: number) => number}>}
 */
const TERMS = {
  "mean squared error": { written: "(o − l)²", term: ({ o, l }, k) => (o[k] - l[k]) ** 2 },
  "summed binary cross-entropy": {
    written: "− [l ln o + (1 − l) ln(1 − o)]",
    term: ({ z, l }, k) => {
      const z_o = z[z.length - 1][k];
      return Math.max(z_o, 0) - l[k] * z_o + Math.log1p(Math.exp(-Math.abs(z_o)));
    },
  },
  "categorical cross-entropy": { written: "− l ln o", term: (t, k) => (t.l[k] ? t.reported : 0) },
};

/**
 * The losses of an update, each once: the one that is printed, and the one that is descended where it is another.
 * @param {Trace} t
 * @returns {{name: string, value: number, roles: string[]}[]}
 */
export function listLosses(t) {
  const [printed, descended] = [text("micro.printed"), text("micro.descended")];
  if (t.reportedName === t.descendedName) return [{ name: t.reportedName, value: t.reported, roles: [] }];
  return [{ name: t.reportedName, value: t.reported, roles: [printed] },
    { name: t.descendedName, value: t.descended, roles: [descended] }];
}

/**
 * What the outputs add to a loss together.
 * @param {Trace} t
 * @param {string} name
 */
export const sumTerms = (t, name) => t.o.reduce((sum, _, k) => sum + TERMS[name].term(t, k), 0);

/**
 * Each output's part of the loss, their sum, and the loss that comes of it.
 * @param {Trace} t
 */
export function buildOutputsTable(t) {
  const losses = listLosses(t);
  const cell = (/** @type {string} */ value) => h("td", { class: "number" }, value);
  const titles = [text("micro.digit"), ...["o", "l"].map((name) => h("var", {}, name)),
    ...losses.map(({ name }) => h("var", {}, TERMS[name].written))];
  const rows = Array.from(t.o, (o, k) => h("tr", { class: t.label === k ? "true" : null },
    h("th", { scope: "row" }, k), cell(number(o)), cell(String(t.l[k])),
    ...losses.map(({ name }) => cell(number(TERMS[name].term(t, k))))));
  const sums = h("tr", { class: "rest" }, h("th", { scope: "row", colspan: 3 }, text("micro.sum")),
    ...losses.map(({ name }) => cell(number(sumTerms(t, name)))));
  const isMean = losses.some(({ name }) => name === "mean squared error");
  const means = isMean && h("tr", { class: "loss" },
    h("th", { scope: "row", colspan: 3 }, text("micro.divided", t.o.length)),
    ...losses.map(({ name, value }) => cell(name === "mean squared error" ? number(value) : "")));
  return wide(text("terms.table"), h("table", { class: "terms" },
    h("thead", {}, h("tr", {}, ...titles.map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, ...rows, sums, means)));
}

/**
 * The three losses that one might believe the update to descend.
 * @param {Trace} t
 * @param {Candidates} candidates
 * @param {{layer: number, unit: number, input: number}} at which weight
 * @param {import("./symbols.js").Letters[]} letters
 */
export function buildMismatch(t, candidates, { layer, unit, input }, letters) {
  const used = t.dW[layer][unit * t.a[layer].length + input];
  const weight = math([entry(letters[layer].W, formatWeightPlace(layer, unit, input))]);
  const rows = candidates.map(({ name, value, derivative, descends }) => h("tr", { class: descends ? "true" : null },
    h("th", { scope: "row" }, text(`loss.${name}`), buildRoles(t, name, descends)),
    h("td", { class: "number" }, number(value)),
    h("td", { class: "number" }, derivative === null ? "–" : precise(derivative)),
    h("td", { class: "number" }, derivative === null ? "–" : describeMatch(used, derivative))));
  const keys = ["micro.candidate", "micro.value", "micro.slope", "micro.fits"];
  const titles = keys.map((key) => h("th", { scope: "col" }, text(key)));
  return h("section", { class: "stack mismatch" },
    h("h3", {}, text("micro.mismatch")),
    h("p", { class: "note" },
      text("micro.mismatchWhy", text(`loss.${t.reportedName}`), text(`loss.${t.descendedName}`))),
    h("p", { class: "line" }, text("micro.usedFor"), " ", weight, " : ", h("b", { class: "number" }, precise(used))),
    wide(text("terms.table"),
      h("table", { class: "terms" }, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...rows))));
}

/**
 * @param {Trace} t
 * @param {string} name
 * @param {boolean} descends
 */
function buildRoles(t, name, descends) {
  const said = [name === t.reportedName && text("micro.printed"), descends && text("micro.descended")].filter(Boolean);
  return said.length ? h("span", { class: "tag" }, said.join(", ")) : null;
}

/**
 * @param {number} used
 * @param {number} derivative
 */
function describeMatch(used, derivative) {
  const apart = Math.abs(used - derivative);
  if (apart <= 1e-6 * (Math.abs(used) + Math.abs(derivative)) || apart < 1e-11) return text("micro.equal");
  if (derivative === 0) return text("micro.unequal");
  return text("micro.times", number(used / derivative, 2));
}
