/**
 * A neuron's sum, term by term.
 */

import { h } from "./dom.js";
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
export function termsOf({ weights }, pass, { layer, unit }) {
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
export function sourceOf(layer, from) {
  if (layer > 0) return text("terms.neuron", from + 1);
  return text("terms.pixel", Math.floor(from / SIDE) + 1, (from % SIDE) + 1);
}

/**
 * A neuron's whole sum: the largest terms, the others folded, the bias, z, and what the activation makes of it.
 * @param {Network} network
 * @param {Pass} pass
 * @param {Place} place
 */
export function neuronSum(network, pass, place) {
  const { layer, unit } = place;
  const name = network.config.activation[layer] ?? network.config.output;
  return h("div", { class: "stack" },
    termsTable(termsOf(network, pass, place), (from) => sourceOf(layer, from), network.biases[layer][unit]),
    h("p", { class: "sum-result" }, h("var", {}, "z"), " = ", bold(pass.z[layer][unit]), text("terms.through", name),
      bold(pass.a[layer + 1][unit])));
}

/**
 * A sum as tables: the largest terms, the others folded, and the bias if there is one.
 * @param {Term[]} terms
 * @param {(from: number) => string} source
 * @param {number | null} [bias]
 */
export function termsTable(terms, source, bias = null) {
  const [first, rest] = [terms.slice(0, SHOWN), terms.slice(SHOWN)];
  const sum = rest.reduce((total, { value }) => total + value, 0);
  const rows = [
    ...first.map((term) => row(term, source)),
    rest.length > 0 && summed(text("terms.rest", rest.length), sum, "rest"),
    bias !== null && summed(text("terms.bias"), bias, "bias"),
  ];
  return h("div", { class: "stack" }, table(rows), rest.length > 0 && folded(rest, source));
}

/** @param {number} value */
const bold = (value) => h("b", { class: "number" }, number(value, 4));

/** @param {(Node | false)[]} rows */
function table(rows) {
  const keys = ["terms.from", "terms.weight", "terms.input", "terms.product"];
  const titles = keys.map((key) => h("th", { scope: "col" }, text(key)));
  return h("div", { class: "scroll" },
    h("table", { class: "terms" }, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...rows)));
}

/**
 * @param {string} label
 * @param {number} value
 * @param {string} name
 */
function summed(label, value, name) {
  return h("tr", { class: name }, h("th", { scope: "row", colspan: 3 }, label), cell(value));
}

/**
 * @param {Term[]} rest
 * @param {(from: number) => string} source
 */
function folded(rest, source) {
  const body = h("div");
  const open = h("details", { class: "fold" }, h("summary", {}, text("terms.open", rest.length)), body);
  open.addEventListener("toggle", () => {
    if (open.open && !body.firstChild) body.append(table(rest.map((term) => row(term, source))));
  });
  return open;
}

/**
 * @param {Term} term
 * @param {(from: number) => string} source
 */
function row({ from, weight, input, value }, source) {
  return h("tr", {}, h("th", { scope: "row" }, source(from)), h("td", { class: "number" }, signed(weight, 3)),
    h("td", { class: "number" }, `× ${number(input, 3)}`), cell(value));
}

/** @param {number} value */
function cell(value) {
  return h("td", { class: `number ${value < 0 ? "negative" : "positive"}` }, signed(value, 3));
}
