/**
 * The loss, and the mismatch of classic_mse in numbers: what is printed, what is descended, and what the derivative
 * of each would be.
 */

import { h } from "../../ui/dom.js";
import { number, precise } from "../../ui/format.js";
import { text } from "../../ui/text.js";
import { entry, math } from "./mathml.js";
import { formatWeightPlace } from "./symbols.js";

/** @typedef {import("../../core/trace.js").Trace} Trace */
/** @typedef {ReturnType<typeof import("../../core/trace.js").candidateLosses>} Candidates */

/**
 * Each output's part of the loss.
 * @param {Trace} t
 */
export function buildOutputsTable(t) {
  const softmax = t.config.output === "softmax";
  const rows = Array.from(t.o, (o, k) => {
    const l = t.l[k];
    const share = softmax ? (l ? -Math.log(o) : 0) : -Math.log(l ? o : 1 - o);
    return [String(k), number(o), String(l), number((o - l) ** 2), number(share)];
  });
  const keys = ["micro.digit", "o", "l", "(o − l)²", softmax ? "− l ln o" : "− [l ln o + (1 − l) ln(1 − o)]"];
  const titles = keys.map((key) => h("th", { scope: "col" }, key.includes(".") ? text(key) : h("var", {}, key)));
  const body = rows.map(([digit, ...cells]) => h("tr", { class: t.label === Number(digit) ? "true" : null },
    h("th", { scope: "row" }, digit), ...cells.map((value) => h("td", { class: "number" }, value))));
  const sums = [3, 4].map((column) => Array.from(t.o, (o, k) => termOf(t, o, k, column)).reduce((p, q) => p + q, 0));
  const total = h("tr", { class: "rest" }, h("th", { scope: "row", colspan: 3 }, text("micro.sum")),
    ...sums.map((sum) => h("td", { class: "number" }, number(sum))));
  return h("div", { class: "scroll" },
    h("table", { class: "terms" }, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...body, total)));
}

/**
 * @param {Trace} t
 * @param {number} o
 * @param {number} k
 * @param {number} column
 */
function termOf(t, o, k, column) {
  const l = t.l[k];
  if (column === 3) return (o - l) ** 2;
  if (t.config.output === "softmax") return l ? -Math.log(o) : 0;
  return -Math.log(l ? o : 1 - o);
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
  const weight = math([entry(letters[layer].W, formatWeightPlace(layer, unit, input, letters.length))]);
  const rows = candidates.map(({ name, value, derivative, descends }) => h("tr", { class: descends ? "true" : null },
    h("th", { scope: "row" }, text(`loss.${name}`), buildRoles(t, name, descends)),
    h("td", { class: "number" }, number(value)),
    h("td", { class: "number" }, derivative === null ? "–" : precise(derivative)),
    h("td", { class: "number" }, derivative === null ? "–" : describeMatch(used, derivative))));
  const keys = ["micro.candidate", "micro.value", "micro.slope", "micro.fits"];
  const titles = keys.map((key) => h("th", { scope: "col" }, text(key)));
  const differ = t.reportedName !== t.descendedName;
  return h("section", { class: "stack mismatch" },
    h("h3", {}, text("micro.mismatch")),
    h("p", { class: "note" }, text(differ ? "micro.mismatchWhy" : "micro.matchWhy", text(`loss.${t.reportedName}`),
      text(`loss.${t.descendedName}`))),
    h("p", { class: "line" }, text("micro.usedFor"), " ", weight, " : ", h("b", { class: "number" }, precise(used))),
    h("div", { class: "scroll" },
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
