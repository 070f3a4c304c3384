/**
 * What a step shows: its equation, a sentence, the quantities, and the number that is opened.
 */

import { fill, h } from "../../ui/dom.js";
import { text } from "../../ui/text.js";
import { drawWeights } from "../../ui/weights.js";
import { writeEquations } from "./equations.js";
import { buildHeatmap } from "./heatmap.js";
import { buildMismatch, buildOutputsTable } from "./losses.js";
import { plain } from "./mathml.js";
import { openNumber } from "./opened.js";
import { countFrom } from "./symbols.js";
import { buildAgain, buildChanges } from "./update.js";
import { buildVector } from "./vector.js";

/** @typedef {import("./opened.js").Scene} Scene */
/** @typedef {(at: number, index: number) => void} Move `at` 0 is the pixel, 1 the first hidden layer, and so on */
/** @typedef {import("./losses.js").Candidates} Candidates */
/**
 * @typedef {Scene & {move: Move, apply: () => void,
 *   candidates: (layer: number, unit: number, input: number) => Candidates}} Shown
 */

const SIDE = 28;
const THUMBNAILS = 64; // neurons whose pictures are shown beside each other

/**
 * @param {HTMLElement} element
 * @param {Shown} scene
 */
export function showStep(element, scene) {
  const { step, t, letters } = scene;
  const equations = writeEquations(step, letters, t);
  const details = openNumber(scene);
  fill(element,
    h("section", { class: "panel stack step-main" },
      h("h2", { tabindex: "-1" }, text(titleKey(scene), nameLayer(scene))),
      equations.length > 0 && h("div", { class: "equation" }, ...equations),
      h("p", {}, text(proseKey(scene))),
      ...listQuantities(scene)),
    h("section", { class: "panel stack step-opened", "aria-label": text("micro.opened") },
      ...(details.length ? [h("h3", {}, text("micro.opened")), ...details] : []),
      ...listMore(scene)));
}

/** Which words belong to a step. @param {Scene} scene */
function titleKey({ step: { kind, layer }, letters }) {
  if (kind !== "delta") return `step.${kind}`;
  return layer === letters.length - 1 ? "step.deltaOutput" : "step.deltaHidden";
}

/** @param {Scene} scene */
const proseKey = (scene) => `${titleKey(scene)}Why`;

/** @param {Scene} scene */
function nameLayer({ step: { layer }, letters }) {
  if (layer < 0) return "";
  if (layer === letters.length - 1) return text("step.outputLayer");
  return letters.length === 2 ? text("step.hiddenLayer") : text("step.hiddenLayerN", layer + 1);
}

/**
 * @param {Shown} scene
 * @returns {Node[]}
 */
function listQuantities(scene) {
  const { step: { kind, layer }, t, letters } = scene;
  const last = letters.length - 1;
  if (kind === "input") return [buildInputs(scene)];
  if (kind === "weighted") {
    return [buildValues(scene, letters[layer].z, t.z[layer], layer), buildWeights(scene, t.weights[layer], "W")];
  }
  if (kind === "activation") {
    return [buildValues(scene, letters[layer].a, t.a[layer + 1], layer),
      buildValues(scene, letters[layer].z, t.z[layer], layer)];
  }
  if (kind === "loss") return [buildOutputsTable(t)];
  if (kind === "delta" && layer === last) {
    return [buildValues(scene, letters[layer].delta, t.delta[layer], layer),
      buildValues(scene, letters[layer].a, t.o, layer),
      buildValues(scene, ["l"], t.l, layer)];
  }
  if (kind === "delta") {
    return [buildValues(scene, letters[layer].delta, t.delta[layer], layer),
      buildValues(scene, letters[layer + 1].delta, t.delta[layer + 1], layer + 1)];
  }
  if (kind === "gradient") {
    return [buildWeights(scene, t.dW[layer], "∂L/∂W"), buildValues(scene, letters[layer].delta, t.db[layer], layer)];
  }
  const apply = h("button", { type: "button", class: "primary", onclick: scene.apply }, text("micro.apply"));
  return [buildChanges(t, scene.path, letters), h("div", { class: "row" }, apply)];
}

/**
 * @param {Shown} scene
 * @returns {Node[]}
 */
function listMore(scene) {
  const { step: { kind, layer }, t, path, letters } = scene;
  if (kind === "update") return [h("h3", {}, text("micro.again")), buildAgain(t)];
  const isAboutLoss = kind === "loss" || kind === "gradient" || (kind === "delta" && layer === letters.length - 1);
  if (!isAboutLoss) return [];
  const [unit, input] = [path[layer + 1], path[layer]];
  return [buildMismatch(t, scene.candidates(layer, unit, input), { layer, unit, input }, letters)];
}

/** The picture and the label. @param {Shown} scene */
function buildInputs({ t, path, move }) {
  const label = text("micro.picture");
  const picture = buildHeatmap(t.x, { width: SIDE, chosen: path[0], label, ink: true, choose: (i) => move(0, i) });
  return h("div", { class: "side-by-side" }, picture,
    buildVector(["l"], t.l, { from: 0, chosen: path[path.length - 1], choose: (i) => move(path.length - 1, i) }));
}

/**
 * A vector of a layer, the path's number chosen.
 * @param {Shown} scene
 * @param {import("./mathml.js").Symbol} symbol
 * @param {Float64Array} numbers
 * @param {number} layer
 */
function buildValues({ path, letters, move }, symbol, numbers, layer) {
  const from = countFrom(layer, 0, letters.length);
  return buildVector(symbol, numbers, { from, chosen: path[layer + 1], choose: (i) => move(layer + 1, i) });
}

/**
 * A matrix of the step's layer: into the first layer a picture for each neuron, else one picture of all numbers.
 * @param {Shown} scene
 * @param {Float64Array} numbers row by row
 * @param {string} name
 */
function buildWeights(scene, numbers, name) {
  const { step: { layer }, t, path, letters, move } = scene;
  const [unit, width, units] = [path[layer + 1], t.a[layer].length, t.z[layer].length];
  const symbol = name === "W" ? plain(letters[layer].W) : `∂L/∂${plain(letters[layer].W)}`;
  if (layer > 0 || width !== SIDE * SIDE) {
    const label = text("micro.matrix", symbol, units, width);
    return h("figure", { class: "matrix" }, buildHeatmap(numbers, {
      width, chosen: unit * width + path[layer], label,
      choose: (i) => (Math.floor(i / width) === unit ? move(layer, i % width) : move(layer + 1, Math.floor(i / width))),
    }), h("figcaption", { class: "note" }, label));
  }
  const row = numbers.subarray(unit * width, (unit + 1) * width);
  const label = text("micro.rowOf", symbol, countFrom(layer, unit, letters.length));
  const large = h("figure", { class: "row-picture" },
    buildHeatmap(row, { width: SIDE, chosen: path[0], label, choose: (i) => move(0, i) }),
    h("figcaption", { class: "note" }, label));
  return h("div", { class: "side-by-side" }, large, buildThumbnails(scene, numbers, units, width));
}

/**
 * @param {Shown} scene
 * @param {Float64Array} numbers
 * @param {number} units
 * @param {number} width
 */
function buildThumbnails({ step: { layer }, path, letters, move }, numbers, units, width) {
  if (units > THUMBNAILS) return h("p", { class: "note" }, text("micro.tooMany", units));
  const buttons = Array.from({ length: units }, (_, unit) => {
    const canvas = h("canvas", { "aria-hidden": "true" });
    drawWeights(canvas, numbers.subarray(unit * width, (unit + 1) * width), { width: SIDE });
    const count = countFrom(layer, unit, letters.length);
    return h("button", {
      type: "button", class: "thumbnail", "aria-pressed": String(unit === path[layer + 1]), "data-focus": `row-${unit}`,
      "aria-label": text("micro.neuron", count), onclick: () => move(layer + 1, unit),
    }, canvas, h("small", { "aria-hidden": "true" }, count));
  });
  return h("div", { class: "thumbnails" }, ...buttons);
}
