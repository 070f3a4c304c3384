/**
 * Ten probabilities as bars, one below the other; each is a button that chooses its digit.
 */

import { h } from "../../ui/dom.js";
import { percent } from "../../ui/format.js";
import { text } from "../../ui/text.js";

/** @typedef {ReturnType<typeof buildBars>} Bars */

/**
 * @param {number} count
 * @param {(digit: number) => void} [choose]
 */
export function buildBars(count, choose) {
  const rows = Array.from({ length: count }, (_, digit) => buildBar(digit, choose));
  const names = { class: "bars", "data-explain": "bars", "aria-label": text("bars.title") };
  const element = h("ol", names, ...rows.map((one) => h("li", {}, one)));
  return {
    element,
    /**
     * @param {ArrayLike<number> | null} probabilities null if nothing is there
     * @param {{chosen?: number, best?: number}} [marks]
     */
    show: (probabilities, { chosen = -1, best = -1 } = {}) => {
      rows.forEach((one, digit) => update(one, probabilities ? probabilities[digit] : null, digit === best));
      rows.forEach((one, digit) => one.setAttribute("aria-pressed", String(digit === chosen)));
    },
  };
}

/**
 * @param {number} digit
 * @param {((digit: number) => void) | undefined} choose
 */
function buildBar(digit, choose) {
  const parts = [h("b", {}, digit), h("span", { class: "track" }, h("i")), h("span", { class: "number share" })];
  return h("button", { type: "button", onclick: () => choose?.(digit) }, ...parts);
}

/**
 * @param {HTMLElement} element
 * @param {number | null} probability
 * @param {boolean} best
 */
function update(element, probability, best) {
  const bar = /** @type {HTMLElement} */ (element.querySelector("i"));
  const share = /** @type {HTMLElement} */ (element.querySelector(".share"));
  bar.style.width = `${100 * (probability ?? 0)}%`;
  share.textContent = probability === null ? "" : percent(probability);
  element.classList.toggle("best", best);
}
