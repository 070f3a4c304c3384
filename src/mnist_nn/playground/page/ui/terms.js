/**
 * A neuron's sum, term by term.
 */

import { h, wide } from "./dom.js";
import { number, signed } from "./format.js";
import { text } from "./text.js";

/** @typedef {import("../core/network.js").Network} Network */
/** @typedef {import("../core/network.js").Pass} Pass */
/** @typedef {{layer: number, unit: number}} Place of a neuron, both from 0 */
/** @typedef {{from: number, weight: number, input: number, value: number}} Term */

const SIDE = 28;
const SHOWN = 6; // the others are folded away

/**
 * The terms that are not 0, the largest first.
 * @param {Network} network
 * @param {Pass} pass
 * @param {Place} place
 * @returns {Term[]}
 */
export function listTerms({ weights }, pass, { layer, unit }) {
  const a = pass.a[layer];
  const terms = Array.from(a, (input, from) => {
    const weight = weights[layer][unit * a.length + from];
    return { from, weight, input, value: weight * input };
  });
  return terms.filter(({ value }) => value !== 0).sort((p, q) => Math.abs(q.value) - Math.abs(p.value));
}

/**
 * What a term comes from, in words.
 * @param {number} layer
 * @param {number} from
 */
export function nameSource(layer, from) {
  if (layer > 0) return text("terms.neuron", from);
  return text("terms.pixel", Math.floor(from / SIDE), from % SIDE);
}

/**
 * A neuron's whole sum: the largest terms, the others folded, the bias, z, and what the activation makes of it.
 * @param {Network} network
 * @param {Pass} pass
 * @param {Place} place
 * @param {boolean} [off] whether it is switched off, so that nothing of it goes on
 */
export function buildNeuronSum(network, pass, place, off = false) {
  const { layer, unit } = place;
  const name = network.config.activation[layer] ?? network.config.output;
  return h("div", { class: "stack" },
    buildTermsTable(listTerms(network, pass, place), (from) => nameSource(layer, from),
      { bias: network.biases[layer][unit] }),
    h("p", { class: "sum-result" }, h("var", {}, "z"), " = ", buildBold(pass.z[layer][unit]),
      ...(off ? [text("terms.off")] : [text("terms.through", name), buildBold(pass.a[layer + 1][unit])])));
}

/**
 * A sum as tables: the largest terms, the others folded, and the bias if there is one.
 * @param {Term[]} terms
 * @param {(from: number) => string} source
 * @param {{bias?: number, factor?: string}} [more] `factor` is what the weights are multiplied by
 */
export function buildTermsTable(terms, source, { bias, factor = text("terms.input") } = {}) {
  const [first, rest] = [terms.slice(0, SHOWN), terms.slice(SHOWN)];
  const sum = rest.reduce((total, { value }) => total + value, 0);
  const rows = [
    ...first.map((term) => buildRow(term, source)),
    rest.length > 0 && buildSumRow(text("terms.rest", rest.length), sum, "rest"),
    bias !== undefined && buildSumRow(text("terms.bias"), bias, "bias"),
  ];
  return h("div", { class: "stack" }, buildTable(rows, factor), rest.length > 0 && buildFold(rest, source, factor));
}

/** @param {number} value */
const buildBold = (value) => h("b", { class: "number" }, number(value, 4));

/**
 * @param {(Node | false)[]} rows
 * @param {string} factor
 */
function buildTable(rows, factor) {
  const names = [text("terms.from"), text("terms.weight"), `× ${factor}`, text("terms.product")];
  const titles = names.map((name) => h("th", { scope: "col" }, name));
  return wide(text("terms.table"),
    h("table", { class: "terms" }, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...rows)));
}

/**
 * @param {string} label
 * @param {number} value
 * @param {string} name
 */
function buildSumRow(label, value, name) {
  return h("tr", { class: name }, h("th", { scope: "row", colspan: 3 }, label), buildCell(value));
}

/**
 * @param {Term[]} rest
 * @param {(from: number) => string} source
 * @param {string} factor
 */
function buildFold(rest, source, factor) {
  const body = h("div");
  const open = h("details", { class: "fold" }, h("summary", {}, text("terms.open", rest.length)), body);
  open.addEventListener("toggle", () => {
    if (open.open && !body.firstChild) body.append(buildTable(rest.map((term) => buildRow(term, source)), factor));
  });
  return open;
}

/**
 * @param {Term} term
 * @param {(from: number) => string} source
 */
function buildRow({ from, weight, input, value }, source) {
  return h("tr", {}, h("th", { scope: "row" }, source(from)), h("td", { class: "number" }, signed(weight, 3)),
    h("td", { class: "number" }, `× ${number(input, 3)}`), buildCell(value));
}

/** @param {number} value */
function buildCell(value) {
  return h("td", { class: `number ${value < 0 ? "negative" : "positive"}` }, signed(value, 3));
}
