/**
 * A neuron from near: its weights as a picture, its sum, and what becomes of the answers when it is changed.
 */

import { fill, h } from "../../ui/dom.js";
import { number, signed } from "../../ui/format.js";
import { buildNeuronSum } from "../../ui/terms.js";
import { text } from "../../ui/text.js";
import { drawWeights, largest } from "../../ui/weights.js";
import { isOff, findShift } from "../../ui/edits.js";

/** @typedef {import("../../core/modelfile.js").Model} Model */
/** @typedef {import("../../core/network.js").Pass} Pass */
/** @typedef {import("../../ui/edits.js").Edits} Edits */
/** @typedef {import("../../ui/edits.js").Place} Place */
/** @typedef {{place: Place, model: Model, now: Model, pass: Pass, edits: Edits}} Scene `now` has the edits made */
/**
 * @typedef {object} Handlers
 * @property {(place: Place, off: boolean) => void} switchOff
 * @property {(place: Place, shift: number) => void} shift
 * @property {() => void} close
 */

const PIXELS = 784;

/** @param {Handlers} on */
export function buildInspector(on) {
  const title = h("h2", { tabindex: "-1" });
  const pictures = h("div", { class: "weight-pictures" });
  const controls = h("div", { class: "stack" });
  const sum = h("div");
  const label = text("dialog.close");
  const close = h("button", { type: "button", class: "icon", "aria-label": label, onclick: on.close }, "✕");
  const body = h("div", { class: "inspect" }, h("div", { class: "stack" }, pictures, controls), sum);
  const element = h("section", { class: "panel stack", "aria-live": "off", hidden: true },
    h("div", { class: "row apart" }, title, close), body);
  let shown = "";
  return {
    element,
    title,
    /** @param {Scene | null} scene */
    show: (scene) => {
      element.hidden = scene === null;
      if (!scene) {
        shown = "";
        return;
      }
      const { place, model, now, pass, edits } = scene;
      title.textContent = nameTitle(place, model);
      fill(pictures, ...buildPictures(scene));
      fill(sum, h("h3", {}, text("inspect.sum")), buildNeuronSum(now.network, pass, place, isOff(edits, place)));
      const name = `${place.layer}.${place.unit}`;
      if (name !== shown) fill(controls, ...buildControls(scene, on)); // a slider in use must stay the same element
      shown = name;
      refresh(controls, scene);
    },
    forget: () => void (shown = ""),
  };
}

/**
 * @param {Place} place
 * @param {Model} model
 */
export function nameTitle({ layer, unit }, { network }) {
  const layers = network.biases.length;
  if (layer === layers - 1) return text("inspect.output", unit);
  return layers === 2 ? text("net.neuronOnly", unit) : text("net.neuron", unit, layer + 1);
}

/** @param {Scene} scene */
function buildPictures({ place: { layer, unit }, model, pass }) {
  const inputs = pass.a[layer].length;
  const weights = model.network.weights[layer].subarray(unit * inputs, (unit + 1) * inputs);
  const terms = Array.from(weights, (w, i) => w * pass.a[layer][i]);
  const width = inputs === PIXELS ? 28 : Math.ceil(Math.sqrt(inputs * 2));
  const below = inputs === PIXELS ? "" : "Below";
  const label = [`inspect.weights${below}`, `inspect.terms${below}`];
  return [weights, terms].map((values, n) => {
    const canvas = h("canvas", { role: "img", "aria-label": text(label[n]) });
    drawWeights(canvas, values, { width, limit: largest(values) });
    return h("figure", {}, canvas, h("figcaption", { class: "note" }, text(label[n])));
  });
}

/**
 * @param {Scene} scene
 * @param {Handlers} on
 */
function buildControls({ place, model, edits }, on) {
  const learned = model.network.biases[place.layer][place.unit];
  const reach = Math.max(5, 2 * Math.abs(learned));
  const slider = h("input", {
    type: "range", id: "bias", min: (learned - reach).toFixed(2), max: (learned + reach).toFixed(2), step: 0.05,
    value: learned + findShift(edits, place),
    oninput: () => on.shift(place, Math.round(100 * (Number(slider.value) - learned)) / 100),
  });
  const back = h("button", { type: "button", class: "plain", onclick: () => {
    slider.value = String(learned);
    on.shift(place, 0);
  } }, text("inspect.learned"));
  const off = h("input", { type: "checkbox", role: "switch", id: "off", checked: isOff(edits, place),
    onchange: () => on.switchOff(place, off.checked) });
  const isOutput = place.layer === model.network.biases.length - 1;
  return [
    !isOutput && h("label", { class: "row", "data-explain": "off" }, off, text("inspect.off")),
    h("div", { class: "field", "data-explain": "bias" },
      h("div", { class: "row apart" },
        h("label", { for: "bias" }, text("inspect.bias"), " ", h("output", { for: "bias" })), back),
      slider),
  ];
}

/**
 * @param {HTMLElement} controls
 * @param {Scene} scene
 */
function refresh(controls, { place, model, edits }) {
  const learned = model.network.biases[place.layer][place.unit];
  const moved = findShift(edits, place);
  const shown = /** @type {HTMLOutputElement} */ (controls.querySelector("output"));
  shown.textContent = moved === 0 ? number(learned, 2) : `${number(learned + moved, 2)} (${signed(moved, 2)})`;
}
