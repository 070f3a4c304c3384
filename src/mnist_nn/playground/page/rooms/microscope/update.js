/**
 * The last step: old weights, new weights, and the same image once more.
 */

import { loss } from "../../core/losses.js";
import { forward } from "../../core/network.js";
import { h, wide } from "../../ui/dom.js";
import { number, precise, signed } from "../../ui/format.js";
import { text } from "../../ui/text.js";
import { entry, math, plain } from "./mathml.js";
import { formatWeightPlace } from "./symbols.js";

/** @typedef {import("../../core/trace.js").Trace} Trace */
/** @typedef {import("./symbols.js").Letters} Letters */

const LARGEST = 3; // changes of a layer

/**
 * Along the path: old, gradient, step, new.
 * @param {Trace} t
 * @param {import("./path.js").Path} path
 * @param {Letters[]} letters
 */
export function buildChanges(t, path, letters) {
  const rows = letters.flatMap(({ W, b }, k) => {
    const [unit, below, width] = [path[k + 1], path[k], t.a[k].length];
    const n = unit * width + below;
    const place = formatWeightPlace(k, unit, below);
    return [
      buildRow(math([entry(W, place)]), t.weights[k][n], t.dW[k][n], t.newWeights[k][n]),
      buildRow(math([entry(b, unit)]), t.biases[k][unit],
        t.db[k][unit], t.newBiases[k][unit]),
    ];
  });
  const keys = ["micro.old", "micro.gradient", "micro.change", "micro.new"];
  const titles = keys.map((key) => h("th", { scope: "col" }, text(key)));
  return wide(text("terms.table"), h("table", { class: "terms" },
    h("thead", {}, h("tr", {}, h("td"), ...titles)), h("tbody", {}, ...rows)));
}

/**
 * @param {Node} name
 * @param {number} old
 * @param {number} gradient
 * @param {number} fresh
 */
function buildRow(name, old, gradient, fresh) {
  const cells = [number(old, 6), precise(gradient), precise(fresh - old), number(fresh, 6)];
  return h("tr", {}, h("th", { scope: "row" }, name), ...cells.map((value) => h("td", { class: "number" }, value)));
}

/**
 * The weights that the update changes most, layer by layer; each can be followed.
 * @param {Trace} t
 * @param {Letters[]} letters
 * @param {(entry: {layer: number, unit: number, input: number}) => void} follow
 */
export function buildLargest(t, letters, follow) {
  const rows = t.weights.flatMap((W, layer) => {
    const width = t.a[layer].length;
    const changes = Array.from(W, (w, n) => ({ n, change: t.newWeights[layer][n] - w }));
    changes.sort((p, q) => Math.abs(q.change) - Math.abs(p.change));
    return changes.slice(0, LARGEST).map(({ n, change }) => {
      const [unit, input] = [Math.floor(n / width), n % width];
      const place = formatWeightPlace(layer, unit, input);
      const name = h("span", { "aria-hidden": "true" }, math([entry(letters[layer].W, place)]));
      const spoken = h("span", { class: "unseen" }, `${plain(letters[layer].W)}[${place}]`);
      const button = h("button", { type: "button", class: "plain", "data-focus": `change ${layer} ${n}`,
        onclick: () => follow({ layer, unit, input }) }, spoken, name);
      return h("tr", {}, h("th", { scope: "row" }, button),
        ...[number(W[n], 4), precise(change)].map((value) => h("td", { class: "number" }, value)));
    });
  });
  const titles = ["micro.old", "micro.change"].map((key) => h("th", { scope: "col" }, text(key)));
  return wide(text("terms.table"), h("table", { class: "terms largest" },
    h("thead", {}, h("tr", {}, h("td"), ...titles)), h("tbody", {}, ...rows)));
}

/**
 * The same image before and after.
 * @param {Trace} t
 */
export function buildAgain(t) {
  const network = { config: t.config, weights: t.newWeights, biases: t.newBiases };
  const { z, a } = forward(network, t.x);
  const o = a[a.length - 1];
  const { reported, descended } = loss(t.training.loss, t.config.output);
  const z_o = z[z.length - 1];
  const lines = [
    [t.reportedName, t.reported, reported(z_o, o, t.label)],
    ...(t.reportedName === t.descendedName ? [] : [[t.descendedName, t.descended, descended(z_o, o, t.label)]]),
  ];
  const rows = /** @type {[string, number, number][]} */ (lines).map(([name, before, after]) =>
    buildComparison(text(`loss.${name}`), before, after));
  const outputs = Array.from(o, (value, k) => buildComparison(text("micro.output", k), t.o[k], value, k === t.label));
  const titles = ["micro.before", "micro.after", "micro.change"].map((key) => h("th", { scope: "col" }, text(key)));
  return wide(text("terms.table"), h("table", { class: "terms" },
    h("thead", {}, h("tr", {}, h("td"), ...titles)), h("tbody", {}, ...rows, ...outputs)));
}

/**
 * @param {string} name
 * @param {number} before
 * @param {number} after
 * @param {boolean} [marked]
 */
function buildComparison(name, before, after, marked = false) {
  const change = after - before;
  return h("tr", { class: marked ? "true" : null }, h("th", { scope: "row" }, name),
    h("td", { class: "number" }, number(before)), h("td", { class: "number" }, number(after)),
    h("td", { class: `number ${change < 0 ? "negative" : "positive"}` }, signed(change)));
}
