/**
 * How fast this browser trains: an epoch over all 60,000 images for each of a few settings, in the playground's own
 * worker, with its measurements on test images and its reports to the page.
 */

import { fill, h, wide } from "../ui/dom.js";
import { languages } from "../languages/index.js";
import { addStrings, chooseLanguage, speak, text } from "../ui/text.js";
import { fixed } from "../ui/format.js";
import { count } from "../ui/language.js";
import { DEFAULTS, parseSettings } from "../ui/training/settings.js";
import { openWorker } from "../worker/client.js";
import * as strings from "./strings.js";

/** @typedef {import("../worker/host.js").LaneState} LaneState */

const SESSION = "benchmark";
const EPOCH = 60000;

/** @type {[string, Partial<import("../ui/training/settings.js").Settings>][]} */
const CASES = [
  ["classic", {}],
  ["batch", { batch: "32" }],
  ["softmax", { output: "softmax", loss: "cross_entropy" }],
  ["wide", { hidden: "64", activation: "relu", output: "softmax", loss: "cross_entropy", batch: "16" }],
];

addStrings(strings);
const asked = new URLSearchParams(location.hash.slice(1)).get("lang");
await speak(languages, chooseLanguage(languages, asked));
const body = h("tbody");
const button = h("button", { type: "button", class: "primary", onclick: run }, text("bench.run"));
const columns = ["case", "epoch", "micro", "test"].map((name) => h("th", { scope: "col" }, text(`bench.${name}`)));
/** @type {HTMLElement} */ (document.getElementById("benchmark")).append(
  h("h1", {}, text("bench.title")), h("p", { class: "note" }, text("bench.intro")), h("div", { class: "row" }, button),
  h("div", { class: "panel" }, wide(text("bench.title"),
    h("table", { class: "results" }, h("caption", {}, navigator.userAgent),
      h("thead", {}, h("tr", {}, ...columns)), body))),
);

/** Run one case after the other. */
async function run() {
  button.disabled = true;
  fill(body);
  for (const [name, changes] of CASES) {
    const cells = [0, 1, 2].map(() => h("td", {}, "…"));
    body.append(h("tr", { "data-case": name }, h("th", { scope: "row" }, text(`bench.${name}`)), ...cells));
    const { seconds, lane } = await measure(name, changes);
    const values = [`${fixed(seconds, 2)} s`, fixed((lane.seconds / lane.samples) * 1e6, 1),
      `${count(lane.test.accuracy * lane.test.samples)} / ${count(lane.test.samples)}`];
    cells.forEach((cell, i) => void (cell.textContent = values[i]));
  }
  button.disabled = false;
}

/**
 * One epoch: seconds by the clock on the wall, and the lane at its end.
 * @param {string} id
 * @param {Partial<import("../ui/training/settings.js").Settings>} changes
 * @returns {Promise<{seconds: number, lane: LaneState}>}
 */
function measure(id, changes) {
  const thread = openWorker();
  let began = 0;
  return new Promise((resolve, reject) => {
    thread.listen(SESSION, (event) => {
      if (event.type === "failed") reject(new Error(event.message));
      if (event.type !== "news" || event.news.lanes[0].id !== id) return;
      const [lane] = event.news.lanes;
      if (began === 0) {
        began = performance.now();
        thread.send({ type: "play", session: SESSION });
      } else if (event.news.finished) {
        resolve({ seconds: (performance.now() - began) / 1000, lane });
      }
    });
    const spec = { id, ...parseSettings({ ...DEFAULTS, ...changes }) };
    thread.send({ type: "open", session: SESSION, lanes: [spec], limit: EPOCH });
  });
}
