/**
 * Vectors as numbers one can choose, and large ones as pictures.
 */

import { h } from "../../ui/dom.js";
import { short } from "../../ui/format.js";
import { text } from "../../ui/text.js";
import { largest } from "../../ui/weights.js";
import { buildHeatmap } from "./heatmap.js";
import { math, plain } from "./mathml.js";

/** @typedef {import("./mathml.js").Symbol} Symbol */

const MOST = 64; // numbers that are written out; a longer vector is a picture

/**
 * @param {Symbol} symbol
 * @param {Float64Array} values
 * @param {{chosen: number, choose: (i: number) => void}} options
 */
export function buildVector(symbol, values, { chosen, choose }) {
  const count = h("span", { class: "note" }, text("micro.numbers", values.length));
  const title = h("h3", { class: "vector-title" }, math([symbol]), count);
  if (values.length > MOST) {
    const width = Math.ceil(Math.sqrt(2 * values.length));
    const label = text("micro.heat", plain(symbol), values.length);
    return h("div", { class: "vector" }, title, buildHeatmap(values, { width, chosen, label, choose }));
  }
  const most = largest(values) || 1;
  const cells = Array.from(values, (value, i) => {
    const properties = {
      type: "button", class: `cell ${value < 0 ? "below" : "above"}`, title: `${plain(symbol)}[${i}] = ${value}`,
      "aria-pressed": String(i === chosen), "data-focus": `${plain(symbol)} ${i}`, onclick: () => choose(i),
    };
    const cell = h("button", properties, h("small", {}, i), h("span", { class: "number" }, short(value)));
    cell.style.setProperty("--strength", String(Math.abs(value) / most));
    return h("li", {}, cell);
  });
  return h("div", { class: "vector" }, title, h("ol", { class: "cells", "aria-label": plain(symbol) }, ...cells));
}
