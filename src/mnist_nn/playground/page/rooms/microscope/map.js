/**
 * The map of the steps: forward from left to right, and below each quantity, from right to left, what comes back.
 */

import { fill, h } from "../../ui/dom.js";
import { text } from "../../ui/text.js";
import { buildPlayer } from "./player.js";
import { writeSymbol } from "./steps.js";

/**
 * @param {(step: number, isAuto?: boolean) => void} go
 */
export function buildMap(go) {
  const back = h("button", { type: "button" }, "← ", text("micro.back"));
  const next = h("button", { type: "button", class: "primary" }, text("micro.next"), " →");
  const grid = h("ol", { class: "map" });
  const where = h("span");
  const keys = h("span", { class: "keys" }, text("micro.keys"));
  const state = { at: 0, count: 0 };
  const player = buildPlayer(() => state.at < state.count - 1, (again) => go(again ? 0 : state.at + 1, true));
  const goBy = (/** @type {number} */ by) => {
    player.halt();
    go(state.at + by);
  };
  back.addEventListener("click", () => goBy(-1));
  next.addEventListener("click", () => goBy(1));
  return {
    element: h("section", { class: "panel map-panel scroll", "aria-label": text("micro.map") }, grid),
    bar: h("div", { class: "row step-bar" }, back, next, ...player.elements,
      h("p", { class: "note" }, where, " ", keys)),
    halt: player.halt,
    /**
     * @param {import("./steps.js").Step[]} steps
     * @param {import("./symbols.js").Letters[]} letters
     * @param {number} at
     */
    show: (steps, letters, at) => {
      Object.assign(state, { at, count: steps.length });
      back.disabled = at === 0;
      next.disabled = at === steps.length - 1;
      where.textContent = text("micro.where", at + 1, steps.length);
      fill(grid, ...steps.map((step, i) => buildItem(step, i, at, letters, (to) => goBy(to - at))));
      grid.style.setProperty("--columns", String(Math.max(...steps.map(({ column }) => column))));
      const current = grid.querySelector("[aria-current]");
      if (current) centre(current, /** @type {HTMLElement} */ (grid.parentElement));
    },
  };
}

/**
 * What explains a step.
 * @param {import("./steps.js").Step} step
 * @param {import("./symbols.js").Letters[]} letters
 */
function explainStep({ kind, layer }, letters) {
  if (kind === "activation") return layer === letters.length - 1 ? "o" : "activation";
  return kind === "input" ? "x" : kind === "weighted" ? "z" : kind;
}

/**
 * Scroll a box so that a part of it is in the middle, where the box is too narrow for all.
 * @param {Element} part
 * @param {HTMLElement} box
 */
function centre(part, box) {
  const [inner, outer] = [part, box].map((one) => one.getBoundingClientRect());
  box.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}

/**
 * @param {import("./steps.js").Step} step
 * @param {number} i
 * @param {number} at
 * @param {import("./symbols.js").Letters[]} letters
 * @param {(step: number) => void} go
 */
function buildItem(step, i, at, letters, go) {
  const done = i < at ? "done" : i === at ? "now" : "";
  const button = h("button", {
    type: "button", class: `${step.backward ? "backward" : "forward"} ${done}`,
    "aria-current": i === at ? "step" : null,
    "data-focus": `step-${i}`, title: text("micro.stepNumber", i + 1),
    "data-explain": explainStep(step, letters), onclick: () => go(i),
  }, writeSymbol(step, letters));
  const place = h("li", { class: step.kind === "loss" ? "turn" : null }, button);
  place.style.gridColumn = String(step.column);
  if (step.kind !== "loss") place.style.gridRow = step.backward ? "2" : "1";
  return place;
}
