/**
 * Which image is looked at, by which loss, and at which rate.
 */

import { LOSSES } from "../../core/losses.js";
import { fill, h } from "../../ui/dom.js";
import { drawImage } from "../../ui/pixels.js";
import { text } from "../../ui/text.js";
import { FAULTS } from "./lesson.js";

/** @typedef {{image: string, label: number | null, loss: string, rate: number, stage: string,
 *   fault: string}} Choice */
/**
 * @typedef {object} Handlers
 * @property {(image: string) => void} image
 * @property {(label: number) => void} label
 * @property {(stage: string) => void} stage
 * @property {(loss: string) => void} loss
 * @property {(rate: number) => void} rate
 * @property {(fault: string) => void} fault
 */

const COUNTS = { test: 10_000, train: 60_000 };

/** @param {Handlers} on */
export function buildPicker(on) {
  const canvas = h("canvas", { width: 28, height: 28, class: "pixels", role: "img",
    "aria-label": text("micro.picture") });
  const source = h("select", { id: "source" }, h("option", { value: "test" }, text("micro.test")),
    h("option", { value: "train" }, text("micro.train")),
    h("option", { value: "pixels", hidden: true }, text("micro.drawn")));
  const place = h("input", {
    type: "number", id: "place", min: 0, step: 1, inputmode: "numeric", "aria-label": text("micro.place"),
  });
  const label = h("select", { id: "label", onchange: () => on.label(Number(label.value)) },
    h("option", { value: "", hidden: true }, "?"), ...offer(Array.from({ length: 10 }, (_, digit) => String(digit))));
  const stage = h("select", { id: "stage", onchange: () => on.stage(stage.value) });
  const loss = h("select", { id: "loss", onchange: () => on.loss(loss.value) });
  const rate = h("input", { type: "number", id: "rate", min: 0, step: "any", inputmode: "decimal" });
  const fault = h("select", { id: "fault", onchange: () => on.fault(fault.value) }, ...offer(FAULTS, "fault."));
  const most = () => COUNTS[/** @type {keyof typeof COUNTS} */ (source.value)] ?? 1;
  const choose = (/** @type {number} */ n) => on.image(`${source.value}:${(n + most()) % most()}`);
  source.addEventListener("change", () => choose(0));
  place.addEventListener("change", () => choose(Math.floor(Number(place.value)) || 0));
  rate.addEventListener("change", () => Number(rate.value) > 0 && on.rate(Number(rate.value)));
  const step = (/** @type {string} */ sign, /** @type {string} */ key, /** @type {number} */ by) =>
    h("button", { type: "button", class: "icon", "aria-label": text(key), title: text(key),
      onclick: () => choose(Number(place.value) + by) }, sign);
  const places = h("div", { class: "row tight" }, step("‹", "micro.previousImage", -1), place,
    step("›", "micro.nextImage", 1));
  const fields = Object.entries({ label, stage, loss, rate, fault }).map(([name, one]) => buildField(name, one));
  const element = h("div", { class: "picker" }, canvas, buildField("source", source, places), ...fields);
  return {
    element,
    /**
     * @param {Uint8Array} pixels
     * @param {Choice} choice
     * @param {string} output
     * @param {{known: boolean, stages: string[]}} more whether the label is that of the data; what can be shown
     */
    show: (pixels, choice, output, { known, stages }) => {
      const [kind, n] = choice.image.split(":");
      drawImage(canvas, pixels);
      source.value = kind in COUNTS ? kind : "pixels";
      places.hidden = !(kind in COUNTS);
      place.value = kind in COUNTS ? n : "0";
      place.max = String(most() - 1);
      label.value = String(choice.label ?? "");
      label.disabled = known;
      const names = Object.keys(LOSSES).filter((name) => output in LOSSES[name]);
      const option = (/** @type {string} */ name) =>
        h("option", { value: name, selected: name === choice.loss }, text(`lossChoice.${name}`));
      fill(loss, ...names.map(option));
      fill(stage, ...stages.map((name) =>
        h("option", { value: name, selected: name === choice.stage }, text(`stage.${name}`))));
      fault.value = choice.fault;
      rate.value = String(Number(choice.rate.toPrecision(4)));
    },
  };
}

/**
 * Options of a choice.
 * @param {string[]} values
 * @param {string} [words] where their names are
 */
const offer = (values, words) =>
  values.map((value) => h("option", { value }, words ? text(`${words}${value}`) : value));

/**
 * @param {string} name
 * @param {HTMLElement} control
 * @param {...HTMLElement} more
 */
function buildField(name, control, ...more) {
  const word = name === "source" ? "image" : name;
  return h("div", { class: "field", "data-explain": word }, h("label", { for: control.id }, text(`micro.${name}`)),
    h("div", { class: "row tight" }, control, ...more));
}
