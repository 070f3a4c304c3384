/**
 * The loss along one weight: the curve, its tangent, and the step on it, at a rate that one can drag.
 */

import { lossAlong, slopeOf } from "../../core/landscape.js";
import { putText } from "../../ui/controls.js";
import { fill, h, s } from "../../ui/dom.js";
import { number, precise, signed } from "../../ui/format.js";
import { localize } from "../../ui/language.js";
import { text } from "../../ui/text.js";

/** @typedef {import("../../core/landscape.js").Sample} Sample */
/** @typedef {(moved: number) => number} Curve */
/**
 * @typedef {{network: import("../../core/network.js").Network, loss: string, rate: number,
 *   entry: import("../../core/landscape.js").Entry, one: Sample, many: Sample[]}} Along
 */

const [WIDTH, HEIGHT, POINTS] = [420, 200, 60];
const REACH = 3; // of the curve to both sides, at least
const MOST_REACH = 60; // and at most: a longer step ends at the edge
const SLIDER = { min: -3, max: 3, step: 0.05 }; // powers of ten

let chosen = { many: false };

/** @param {Along} along */
export function buildAlong(along) {
  const drawing = s("svg", { class: "along-plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
    "aria-label": text("along.label") });
  const words = h("p", { class: "note" });
  const shownRate = h("output", { for: "along-rate", class: "number" });
  const slider = h("input", { type: "range", id: "along-rate", ...SLIDER, value: Math.log10(along.rate),
    oninput: () => show() });
  const many = h("select", { id: "along-images", onchange: () => {
    chosen = { many: many.value === "many" };
    show();
  } }, h("option", { value: "one" }, text("along.one")),
  h("option", { value: "many", selected: chosen.many }, text("along.many", along.many.length)));
  const curves = new Map();
  const show = () => {
    const samples = chosen.many ? along.many : [along.one];
    if (!curves.has(samples)) {
      const curve = lossAlong(along.network, samples, along.loss, along.entry);
      curves.set(samples, { curve, slope: slopeOf(curve) });
    }
    const { curve, slope } = curves.get(samples);
    const rate = Number((10 ** Number(slider.value)).toPrecision(3));
    putText(shownRate, localize(String(rate)));
    const step = -rate * slope;
    drawCurve(drawing, curve, slope, step);
    const [before, after] = [curve(0), curve(step)];
    const key = after > before ? "along.over" : after < before ? "along.down" : "along.flat";
    putText(words, text(key, precise(slope), signed(step, 4), number(before), number(after)));
  };
  show();
  return h("section", { class: "stack along", "data-explain": "along" }, h("h3", {}, text("along.title")),
    h("div", { class: "row" }, h("label", { for: "along-images" }, text("along.of")), many), drawing,
    h("label", { class: "row along-rate", for: "along-rate" }, text("along.rate"), " ", shownRate), slider, words);
}

/**
 * @param {SVGSVGElement} drawing
 * @param {Curve} curve of how far the weight is moved
 * @param {number} slope where it is now
 * @param {number} step
 */
function drawCurve(drawing, curve, slope, step) {
  const reach = Math.min(Math.max(REACH, 1.25 * Math.abs(step)), MOST_REACH);
  const places = Array.from({ length: POINTS + 1 }, (_, i) => reach * ((2 * i) / POINTS - 1));
  const values = places.map(curve);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const space = (high - low || 1) * 0.08;
  const x = (/** @type {number} */ moved) => ((moved + reach) / (2 * reach)) * WIDTH;
  const y = (/** @type {number} */ loss) => HEIGHT - ((loss - low + space) / (high - low + 2 * space || 1)) * HEIGHT;
  const start = curve(0);
  const landed = Math.max(-reach, Math.min(reach, step));
  const end = curve(landed);
  const at = (/** @type {number} */ moved) => `${x(moved)} ${y(start + slope * moved)}`;
  fill(drawing,
    s("path", { class: "curve", d: `M${places.map((place, i) => `${x(place)} ${y(values[i])}`).join("L")}` }),
    s("path", { class: "tangent", d: `M${at(-reach)}L${at(reach)}` }),
    s("path", { class: `step-line ${end > start ? "over" : ""}`, d: `M${x(0)} ${y(start)}L${x(landed)} ${y(end)}` }),
    s("circle", { class: "here", cx: x(0), cy: y(start), r: 5 }),
    s("circle", { class: `there ${end > start ? "over" : ""}`, cx: x(landed), cy: y(end), r: 6,
      "data-loss": end, "data-moved": landed }));
}
