/**
 * How much the answer bears: the picture can be turned, shifted, and given noise. A strip below each slider says what
 * the network answers all along it.
 */

import { STILL, distort } from "../../core/distort.js";
import { fill, h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { text } from "../../ui/text.js";

/** @typedef {import("../../core/distort.js").Distortion} Distortion */
/** @typedef {keyof Distortion} Name */
/** @typedef {(pixels: Uint8Array) => number} Read the digit of a picture */

/** Of a slider; `cells` are those of the strip below it. */
const RANGES = {
  turn: { least: -90, most: 90, step: 1, cells: 19 },
  right: { least: -10, most: 10, step: 1, cells: 21 },
  down: { least: -10, most: 10, step: 1, cells: 21 },
  noise: { least: 0, most: 1, step: 0.01, cells: 21 },
};
const NAMES = /** @type {Name[]} */ (Object.keys(RANGES));

/**
 * What an address says of it.
 * @param {URLSearchParams} params
 * @returns {Distortion}
 */
export function readDistortion(params) {
  const values = NAMES.map((name) => {
    const { least, most } = RANGES[name];
    return [name, Math.min(Math.max(Number(params.get(name)) || 0, least), most)];
  });
  return { ...STILL, ...Object.fromEntries(values) };
}

/** @param {Distortion} distortion */
export const writeDistortion = (distortion) =>
  Object.fromEntries(NAMES.map((name) => [name, distortion[name] || null]));

/** @param {Distortion} distortion */
export const isStill = (distortion) => NAMES.every((name) => distortion[name] === 0);

/**
 * The values along a slider, and what is read at each.
 * @param {Uint8Array} pixels
 * @param {Distortion} distortion
 * @param {Name} name
 * @param {Read} read
 */
export function readAlong(pixels, distortion, name, read) {
  const { least, most, cells } = RANGES[name];
  return Array.from({ length: cells }, (_, i) => {
    const value = Number((least + ((most - least) * i) / (cells - 1)).toFixed(3));
    return { value, digit: read(distort(pixels, { ...distortion, [name]: value })) };
  });
}

/**
 * From where to where the digit stays the same, around the middle of a slider or from its beginning.
 * @param {{value: number, digit: number}[]} strip
 * @param {number} digit
 * @returns {[number, number] | null} null if it is not even read without
 */
export function findRange(strip, digit) {
  const start = strip.findIndex(({ value }) => value === 0);
  if (strip[start]?.digit !== digit) return null;
  let [first, last] = [start, start];
  while (first > 0 && strip[first - 1].digit === digit) first--;
  while (last < strip.length - 1 && strip[last + 1].digit === digit) last++;
  return [strip[first].value, strip[last].value];
}

/** @param {(distortion: Distortion, resting: boolean) => void} changed */
export function buildRobustness(changed) {
  let now = STILL;
  const controls = NAMES.map((name) => buildSlider(name, (value, resting) => {
    now = { ...now, [name]: value };
    changed(now, resting);
  }));
  const back = h("button", { type: "button", onclick: () => changed(STILL, true) }, text("robust.back"));
  const hint = h("p", { class: "note" }, text("robust.hint"));
  const element = h("details", { class: "panel robust", "data-explain": "robust", ontoggle: () => changed(now, true) },
    h("summary", {}, text("robust.title")),
    h("div", { class: "stack" }, hint, h("div", { class: "robust-controls" }, ...controls.map((one) => one.element)),
      h("div", { class: "row" }, back)));
  return {
    element,
    /**
     * @param {Uint8Array | null} pixels as they were
     * @param {Distortion} distortion
     * @param {Read} read
     * @param {boolean} resting whether there is time for the strips
     */
    show: (pixels, distortion, read, resting) => {
      now = distortion;
      if (!isStill(distortion)) element.open = true;
      back.hidden = isStill(distortion);
      controls.forEach((one) => one.show(distortion));
      if (!resting || !element.open) return;
      hint.textContent = text(pixels ? "robust.about" : "robust.hint");
      controls.forEach((one, i) => one.tell(pixels && readAlong(pixels, distortion, NAMES[i], read),
        pixels ? read(distort(pixels, { ...distortion, [NAMES[i]]: 0 })) : 0));
    },
  };
}

/**
 * @param {Name} name
 * @param {(value: number, resting: boolean) => void} changed
 */
function buildSlider(name, changed) {
  const { least, most, step } = RANGES[name];
  const slider = h("input", { type: "range", id: `robust-${name}`, min: least, max: most, step, value: 0,
    oninput: () => changed(Number(slider.value), false), onchange: () => changed(Number(slider.value), true) });
  const value = h("output", { for: slider.id, class: "number" });
  const say = (/** @type {number} */ size) => number(size, name === "noise" ? 2 : 0);
  const strip = h("div", { class: "strip", "aria-hidden": "true" });
  const words = h("small", { class: "help", id: `${slider.id}-range` });
  slider.setAttribute("aria-describedby", words.id);
  return {
    element: h("div", { class: "field" }, h("label", { for: slider.id }, text(`robust.${name}`), " ", value), slider,
      strip, words),
    /** @param {Distortion} distortion */
    show: (distortion) => {
      slider.value = String(distortion[name]);
      value.textContent = text(`robust.${name}.value`, say(distortion[name]));
    },
    /**
     * @param {{value: number, digit: number}[] | null} along
     * @param {number} digit that is read without this
     */
    tell: (along, digit) => {
      fill(strip, ...(along ?? []).map((cell) => h("i", { class: cell.digit === digit ? "same" : null }, cell.digit)));
      const range = along && findRange(along, digit);
      words.textContent = range ? text(`robust.${name}.range`, digit, ...range.map(say)) : "";
    },
  };
}
