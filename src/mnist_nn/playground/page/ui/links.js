/**
 * From a network that a room made to the rooms that look into one: it becomes the model of the page.
 */

import { h } from "./dom.js";
import { text } from "./text.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("../core/modelfile.js").Model} Model */

/**
 * @param {App} app
 * @param {() => Promise<{model: Model, name: string}> | {model: Model, name: string}} take
 */
export function buildModelLinks(app, take) {
  const go = async (/** @type {string} */ room, /** @type {Record<string, string>} */ params) => {
    const { model, name } = await take();
    app.setModel(model, name);
    app.navigate(room, params);
  };
  return [
    h("button", { type: "button", onclick: () => go("draw", {}) }, text("links.draw")),
    h("button", { type: "button", onclick: () => go("microscope", { stage: "trained" }) }, text("links.microscope")),
  ];
}
