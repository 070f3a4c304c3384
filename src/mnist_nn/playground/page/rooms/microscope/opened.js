/**
 * The number on the path, opened into what it is made of.
 */

import { h, wide } from "../../ui/dom.js";
import { number, precise } from "../../ui/format.js";
import { nameSource, listTerms, buildTermsTable } from "../../ui/terms.js";
import { text } from "../../ui/text.js";
import { listLosses, sumTerms } from "./losses.js";
import { entry, group, math, over, plain, power, sign } from "./mathml.js";
import { formatPixel, formatWeightPlace } from "./symbols.js";

/** @typedef {import("../../core/trace.js").Trace} Trace */
/** @typedef {import("./mathml.js").Part} Part */
/** @typedef {import("./path.js").Path} Path */
/** @typedef {import("./steps.js").Step} Step */
/** @typedef {import("./symbols.js").Letters} Letters */
/** @typedef {(layer: number, unit: number, input: number | null) => number | null} Numeric */
/** @typedef {{step: Step, t: Trace, path: Path, letters: Letters[], numeric: Numeric}} Scene */

/**
 * @param {Scene} scene
 * @returns {Node[]}
 */
export function openNumber(scene) {
  const { kind } = scene.step;
  if (kind === "input") return openInput(scene);
  if (kind === "weighted") return openWeighted(scene);
  if (kind === "activation") return openActivation(scene);
  if (kind === "delta" && scene.step.layer === scene.letters.length - 1) return openOutputError(scene);
  if (kind === "delta") return openHiddenError(scene);
  if (kind === "gradient") return openGradient(scene);
  if (kind === "loss") return openLoss(scene.t);
  return [];
}

/** What stands in the brackets of the path's number. @param {Scene} scene @param {number} layer */
const nth = ({ path }, layer) => (layer < 0 ? formatPixel(path[0]) : path[layer + 1]);

/** @param {...Part} parts */
const line = (...parts) => wide(text("micro.equation"), h("div", { class: "line" }, math(parts, true)));

/** A number in a formula, in brackets where it is negative. @param {number} value @param {number} [digits] */
const n = (value, digits = 4) => (value < 0 ? `(${number(value, digits)})` : number(value, digits));

/** @param {Scene} scene */
function openInput(scene) {
  const { t, path } = scene;
  const byte = Math.round(t.x[path[0]] * 255);
  return [
    line(entry(["x"], nth(scene, -1)), "=", over(String(byte), "255"), "=", number(t.x[path[0]])),
    h("p", { class: "note" }, text("micro.openInput")),
  ];
}

/** @param {Scene} scene */
function openWeighted(scene) {
  const { step: { layer }, t, path, letters } = scene;
  const unit = path[layer + 1];
  const terms = listTerms({ ...t }, t, { layer, unit });
  const names = letters[layer];
  return [
    line(entry(names.z, nth(scene, layer)), "=", number(t.z[layer][unit])),
    buildTermsTable(terms, (from) => nameSource(layer, from), { bias: t.biases[layer][unit] }),
  ];
}

/** @param {Scene} scene */
function openActivation(scene) {
  const { step: { layer }, t, path, letters } = scene;
  const { a, z, f } = letters[layer];
  const unit = path[layer + 1];
  const [before, after] = [t.z[layer][unit], t.a[layer + 1][unit]];
  const name = entry(a, nth(scene, layer));
  if (f === "σ") {
    const e = Math.exp(-before);
    return [line(name, "=", over("1", group("1", "+", power(["e"], number(-before, 3))))),
      line("=", over("1", group("1", "+", n(e))), "=", number(after))];
  }
  if (f === "softmax") {
    const sum = t.z[layer].reduce((total, value) => total + Math.exp(value), 0);
    return [line(name, "=", over(power(["e"], number(before, 3)), n(sum, 3)), "=", number(after)),
      h("p", { class: "note" }, text("micro.openSoftmax"))];
  }
  return [line(name, "=", [f], "(", number(before), ")", "=", number(after)),
    h("p", { class: "note" }, h("var", {}, z.join("_")))];
}

/**
 * The loss as one number; where another is descended, that too.
 * @param {Trace} t
 */
function openLoss(t) {
  return listLosses(t).flatMap(({ name, value, roles }) => {
    const sum = sumTerms(t, name);
    const worked = name === "categorical cross-entropy" ? ["−", sign("ln"), n(t.o[t.label])]
      : name === "mean squared error" ? [over("1", String(t.o.length)), "·", n(sum)] : [];
    return [h("p", { class: "note" }, text(`loss.${name}`), h("span", { class: "tag" }, roles.join(", "))),
      line(["L"], ...(worked.length ? ["=", ...worked] : []), "=", number(value))];
  });
}

/** @param {Scene} scene */
function openOutputError(scene) {
  const { step: { layer }, t, path, letters } = scene;
  const unit = path[layer + 1];
  const [o, l, d] = [t.o[unit], t.l[unit], t.delta[layer][unit]];
  const name = entry(letters[layer].delta, nth(scene, layer));
  const difference = line(name, "=", number(o), "−", String(l), "=", number(d));
  const said = h("p", { class: "note" }, text(l ? "micro.openTrue" : "micro.openFalse", unit));
  if (t.training.loss !== "mse") return [difference, said];
  if (t.config.output === "softmax") return [line(name, "=", number(d))];
  const factor = over("2", String(t.o.length));
  return [line(name, "=", factor, "·", n(o - l), "·", n(o), "·", n(1 - o), "=", number(d))];
}

/** @param {Scene} scene */
function openHiddenError(scene) {
  const { step: { layer }, t, path, letters } = scene;
  const unit = path[layer + 1];
  const above = t.delta[layer + 1];
  const width = t.z[layer].length;
  const terms = Array.from(above, (d, from) => {
    const weight = t.weights[layer + 1][from * width + unit];
    return { from, weight, input: d, value: weight * d };
  }).sort((p, q) => Math.abs(q.value) - Math.abs(p.value));
  const sum = terms.reduce((total, { value }) => total + value, 0);
  const d = t.delta[layer][unit];
  const a = t.a[layer + 1][unit];
  const source = (/** @type {number} */ from) => sourceAbove(scene, from);
  const sigmoid = t.config.activation[layer] === "sigmoid";
  const factors = sigmoid ? ["·", n(a), "·", n(1 - a)] : ["·", n(sum === 0 ? 0 : d / sum)];
  return [
    line(entry(letters[layer].delta, nth(scene, layer)), "=", n(sum), ...factors, "=", number(d)),
    h("p", { class: "note" }, text("micro.openBack", number(sum))),
    buildTermsTable(terms, source, { factor: plain(letters[layer + 1].delta) }),
  ];
}

/** @param {Scene} scene @param {number} from */
function sourceAbove({ step: { layer }, letters }, from) {
  const last = layer + 1 === letters.length - 1;
  return last ? text("micro.output", from) : text("terms.neuron", from);
}

/** @param {Scene} scene */
function openGradient(scene) {
  const { step: { layer }, t, path, letters, numeric } = scene;
  const names = letters[layer];
  const [unit, below] = [path[layer + 1], path[layer]];
  const width = t.a[layer].length;
  const [d, fed] = [t.delta[layer][unit], t.a[layer][below]];
  const found = t.dW[layer][unit * width + below];
  const place = formatWeightPlace(layer, unit, below);
  const by = (/** @type {Part} */ p) => over(group("∂", ["L"]), group("∂", p));
  return [
    line(by(entry(names.W, place)), "=", n(d), "·", n(fed), "=", precise(found)),
    compareWithNumeric(found, numeric(layer, unit, below)),
    line(by(entry(names.b, nth(scene, layer))), "=", precise(t.db[layer][unit])),
    compareWithNumeric(t.db[layer][unit], numeric(layer, unit, null)),
    h("p", { class: "note" }, text("micro.openNumeric")),
  ];
}

/**
 * The derivative by the equations beside the one taken numerically.
 * @param {number} found
 * @param {number | null} checked
 */
function compareWithNumeric(found, checked) {
  if (checked === null) return h("p", { class: "check" }, text("micro.kink"));
  const size = Math.abs(found) + Math.abs(checked);
  const apart = size < 1e-12 ? 0 : Math.abs(found - checked) / size;
  const agrees = apart < 1e-6 || Math.abs(found - checked) < 1e-11;
  const mark = h("b", { class: agrees ? "agrees" : "differs" }, text(agrees ? "micro.agrees" : "micro.differs"));
  const shown = h("span", { class: "number" }, precise(checked));
  return h("p", { class: "check" }, text("micro.numeric"), " ", shown, " ", mark);
}
