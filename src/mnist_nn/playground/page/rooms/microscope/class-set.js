/**
 * Worksheets for a class: how many, with or without their solutions, printed from here or saved as a page.
 */

import { trace } from "../../core/trace.js";
import { h } from "../../ui/dom.js";
import { download } from "../../ui/files.js";
import { findImage } from "../../ui/images.js";
import { text } from "../../ui/text.js";
import { findBusiest } from "./path.js";
import { writePage, writeWorksheets } from "./worksheet.js";

/** @typedef {import("./worksheet.js").Update} Update */
/** @typedef {import("../../core/network.js").Network} Network */

const MOST = 60; // sheets
const COUNTS = { test: 10_000, train: 60_000 };
const STYLE = new URL("./worksheet.css", import.meta.url);

/**
 * Updates of the same network for different images: this one and those after it, each along its busiest path.
 * @param {import("../../ui/app.js").App} app
 * @param {Network} network
 * @param {Update} first
 * @param {number} count
 * @returns {Promise<Update[]>}
 */
export async function listUpdates(app, network, first, count) {
  const updates = [first];
  const { loss, learning_rate: rate } = first.t.training;
  const [kind, at] = first.image.split(":");
  const isDrawn = !(kind in COUNTS);
  const all = COUNTS[/** @type {keyof typeof COUNTS} */ (isDrawn ? "test" : kind)];
  for (let i = 1; i < count; i++) {
    const name = isDrawn ? `test:${i - 1}` : `${kind}:${(Number(at) + i) % all}`;
    const found = await findImage(app, name);
    if (!found || found.label === null) continue;
    const t = trace(network, found.pixels, found.label, { loss, learning_rate: rate });
    updates.push({ t, path: findBusiest(t), pixels: found.pixels, image: name });
  }
  return updates;
}

/**
 * @param {import("../../ui/app.js").App} app
 * @param {() => {network: Network, first: Update} | null} look at what is under the microscope
 */
export function buildClassSet(app, look) {
  const count = h("input", { type: "number", id: "sheets", min: 1, max: MOST, value: 1, inputmode: "numeric" });
  const solutions = h("input", { type: "checkbox", checked: true });
  const write = async () => {
    const now = look();
    const wanted = Math.min(Math.max(Math.floor(Number(count.value)) || 1, 1), MOST);
    count.value = String(wanted);
    return now && writeWorksheets(await listUpdates(app, now.network, now.first, wanted),
      { solutions: solutions.checked });
  };
  const save = async () => {
    const [sheets, style] = [await write(), await (await fetch(STYLE)).text()];
    if (sheets) download(writePage(sheets, style, document.documentElement.lang), "worksheets.html", "text/html");
  };
  const toPrinter = async () => {
    const sheets = await write();
    if (sheets) printSheets(sheets);
  };
  const button = (/** @type {string} */ name, /** @type {() => void} */ onclick, kind = "") =>
    h("button", { type: "button", class: kind, onclick }, text(name));
  const element = h("details", { class: "panel class-set", "data-explain": "worksheet" },
    h("summary", {}, text("micro.sheets")),
    h("div", { class: "stack" }, h("p", { class: "note" }, text("micro.sheets.about")),
      h("div", { class: "row" }, h("label", { for: "sheets" }, text("micro.sheets.count")), count,
        h("label", { class: "row" }, solutions, text("micro.sheets.solutions"))),
      h("div", { class: "row" }, button("micro.sheets.print", toPrinter, "primary"),
        button("micro.sheets.save", save))));
  return element;
}

/**
 * Print sheets in the place of the page.
 * @param {string} sheets
 */
function printSheets(sheets) {
  const place = h("div", { class: "worksheets sheets-to-print" });
  place.innerHTML = sheets;
  document.body.append(place);
  document.body.classList.add("prints-sheets");
  addEventListener("afterprint", () => {
    document.body.classList.remove("prints-sheets");
    place.remove();
  }, { once: true });
  print();
}
