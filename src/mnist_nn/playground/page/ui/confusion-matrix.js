/**
 * The confusion matrix as a real table: what an image is, down the side; what the network says, along the top.
 */

import { putText } from "./controls.js";
import { fill, h } from "./dom.js";

/** @typedef {{samples: number, confusion: Uint32Array | number[]}} Counts confusion[label * classes + prediction] */
/**
 * @typedef {{caption: string, is: string, says: string, cell: (label: number, said: number, count: number) => string,
 *   pick?: (label: number, said: number) => void}} Texts
 */

/**
 * @param {Texts} texts
 * @param {number} [classes]
 */
export function buildConfusionMatrix({ caption, is, says, cell, pick }, classes = 10) {
  const digits = Array.from({ length: classes }, (_, i) => i);
  const title = h("caption", {}, caption);
  const cells = digits.map((label) => digits.map((said) => h("td", { class: label === said ? "right" : "wrong" })));
  const corner = h("th", { class: "corner", scope: "col" }, h("span", { class: "unseen" }, `${is} / ${says}`));
  const head = h("tr", {}, corner, ...digits.map((said) => h("th", { scope: "col" }, said)));
  const rows = digits.map((label) => h("tr", {}, h("th", { scope: "row" }, label), ...cells[label]));
  const table = h("table", { class: "confusion" }, title, h("thead", {}, head), h("tbody", {}, ...rows));
  const element = h("div", { class: "confusion-frame", "data-explain": "confusion" },
    h("span", { class: "says", "aria-hidden": "true" }, says),
    h("span", { class: "is", "aria-hidden": "true" }, is), table);
  return {
    element,
    /** @param {string} text */
    name: (text) => void (title.textContent = text),
    /** @param {Counts} counts */
    update: ({ confusion }) => {
      for (const label of digits) {
        const row = digits.map((said) => confusion[label * classes + said]);
        const total = Math.max(row.reduce((sum, n) => sum + n, 0), 1);
        digits.forEach((said) => paint(label, said, row[said], row[said] / total));
      }
    },
  };

  /**
   * Errors are rare, so their colour rises quickly: a twentieth of a digit's images is full colour already.
   * @param {number} label
   * @param {number} said
   * @param {number} count
   * @param {number} share of the images of this digit
   */
  function paint(label, said, count, share) {
    const td = cells[label][said];
    const heat = label === said ? share : Math.min(Math.sqrt(share / 0.05), 1);
    td.style.setProperty("--heat", `${Math.round(heat * 45)}%`);
    const shown = count === 0 ? "" : String(count);
    if (!pick || count === 0) putText(td, shown);
    else if (!td.firstElementChild) fill(td, h("button", { type: "button", onclick: () => pick(label, said) }, shown));
    else putText(/** @type {HTMLElement} */ (td.firstElementChild), shown);
    const named = /** @type {HTMLElement} */ (td.firstElementChild ?? td);
    td.removeAttribute("title");
    named.title = cell(label, said, count);
  }
}
