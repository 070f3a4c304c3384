/**
 * A few test digits through all moments: what the network said to each, then and now.
 */

import { fill, h } from "../../ui/dom.js";
import { percent } from "../../ui/format.js";
import { drawImage } from "../../ui/pixels.js";
import { formatPlace } from "../../ui/training/session.js";
import { chooseFew } from "../../ui/training/thin.js";
import { findAnswer } from "./recordings.js";

/** @typedef {import("../../worker/lane.js").Moment} Moment */
/** @typedef {import("../../core/data.js").Samples} Samples */

/** One of each digit, most of them learned late, and two that are written strangely. */
export const USUAL = [443, 0, 363, 158, 376, 15, 11, 257, 78, 8, 247, 321];
export const MOST = 12;
const CELLS = 24; // moments that a digit has a square for

/**
 * @param {import("../../ui/app.js").App["text"]} text
 * @param {(index: number) => void} go
 */
export function buildDigitList(text, go) {
  const element = h("ol", { class: "digit-history" });
  let drawn = "";
  return {
    element,
    /**
     * @param {Samples} test
     * @param {number[]} digits
     * @param {Moment[]} moments
     * @param {number} index
     */
    render: (test, digits, moments, index) => {
      const all = moments.map(findAnswer);
      const asked = all.filter(Boolean).length;
      const key = [digits, moments.length, asked, index, moments[0]?.samples, moments.at(-1)?.samples].join();
      if (key === drawn) return;
      drawn = key;
      const few = chooseFew(moments.length, index, CELLS);
      fill(element, ...digits.map((row) => {
        const label = test.labels[row];
        const cells = few.map((i) => cell(moments[i], i, all[i]?.predictions[row], label));
        return h("li", {}, buildPicture(test, row), h("div", { class: "stack tight" },
          describeAnswer(row, label, all[index]),
          h("div", { class: "then", role: "group", "aria-label": text("history.then", row) }, ...cells)));
      }));
      const now = few.indexOf(index);
      [...element.querySelectorAll(".then")].forEach((strip) => strip.children[now]?.classList.add("now"));
    },
    /** The theme has changed. */
    restyle: () => void (drawn = ""),
  };

  /**
   * @param {number} row
   * @param {number} label
   * @param {import("../../core/evaluation.js").Evaluation | undefined} answer
   */
  function describeAnswer(row, label, answer) {
    if (!answer) return h("p", { class: "note" }, text("history.asking"));
    const said = answer.predictions[row];
    const words = text("history.said", label, said, percent(answer.topShares[row]));
    return h("p", { class: said === label ? "good" : "bad" }, words);
  }

  /**
   * @param {Moment} moment
   * @param {number} i
   * @param {number | undefined} said
   * @param {number} label
   */
  function cell(moment, i, said, label) {
    const kind = said === undefined ? "" : said === label ? "right" : "wrong";
    const title = text("history.cell", Number(formatPlace(moment)), said ?? "?");
    return h("button", { type: "button", tabindex: -1, class: kind, title, "aria-label": title, onclick: () => go(i) },
      said ?? "·");
  }
}

/**
 * @param {Samples} test
 * @param {number} row
 */
function buildPicture({ images, width, height }, row) {
  const canvas = h("canvas", { class: "digit", "aria-hidden": "true" });
  drawImage(canvas, images.subarray(row * width * height, (row + 1) * width * height));
  return canvas;
}
