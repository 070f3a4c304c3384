/**
 * All numbers of a step: vectors one can choose from, matrices as pictures, and tables.
 */

import { h } from "../../ui/dom.js";
import { text } from "../../ui/text.js";
import { drawWeights } from "../../ui/weights.js";
import { buildHeatmap } from "./heatmap.js";
import { buildOutputsTable } from "./losses.js";
import { plain } from "./mathml.js";
import { formatPixel } from "./symbols.js";
import { buildChanges } from "./update.js";
import { buildVector } from "./vector.js";

/** @typedef {import("./stage.js").Shown} Shown */

const SIDE = 28;
const THUMBNAILS = 64; // neurons whose pictures are shown beside each other

/**
 * @param {Shown} scene
 * @returns {Node[]}
 */
export function listQuantities(scene) {
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
  return [buildChanges(t, scene.path, letters)];
}

/** The picture and the label. @param {Shown} scene */
function buildInputs({ t, path, move }) {
  const label = text("micro.picture");
  const picture = buildHeatmap(t.x, { width: SIDE, chosen: path[0], label, place: formatPixel, ink: true,
    choose: (i) => move(0, i) });
  return h("div", { class: "side-by-side" }, picture,
    buildVector(["l"], t.l, { chosen: path[path.length - 1], choose: (i) => move(path.length - 1, i) }));
}

/**
 * A vector of a layer, the path's number chosen.
 * @param {Shown} scene
 * @param {import("./mathml.js").Symbol} symbol
 * @param {Float64Array} numbers
 * @param {number} layer
 */
function buildValues({ path, move }, symbol, numbers, layer) {
  return buildVector(symbol, numbers, { chosen: path[layer + 1], choose: (i) => move(layer + 1, i) });
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
  const label = text("micro.rowOf", symbol, unit);
  const large = h("figure", { class: "row-picture" },
    buildHeatmap(row, { width: SIDE, chosen: path[0], label, place: formatPixel, choose: (i) => move(0, i) }),
    h("figcaption", { class: "note" }, label));
  return h("div", { class: "side-by-side" }, large, buildThumbnails(scene, numbers, units, width));
}

/**
 * @param {Shown} scene
 * @param {Float64Array} numbers
 * @param {number} units
 * @param {number} width
 */
function buildThumbnails({ step: { layer }, path, move }, numbers, units, width) {
  if (units > THUMBNAILS) return h("p", { class: "note" }, text("micro.tooMany", units));
  const buttons = Array.from({ length: units }, (_, unit) => {
    const canvas = h("canvas", { "aria-hidden": "true" });
    drawWeights(canvas, numbers.subarray(unit * width, (unit + 1) * width), { width: SIDE });
    return h("button", {
      type: "button", class: "thumbnail", "aria-pressed": String(unit === path[layer + 1]), "data-focus": `row-${unit}`,
      "aria-label": text("micro.neuron", unit), onclick: () => move(layer + 1, unit),
    }, canvas, h("small", { "aria-hidden": "true" }, unit));
  });
  return h("div", { class: "thumbnails" }, ...buttons);
}
