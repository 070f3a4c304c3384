/**
 * Another future: the form that makes a fork of a training, and the list of trainings laid over the one looked at.
 */

import { buildLogSlider } from "../../ui/controls.js";
import { fill, h } from "../../ui/dom.js";

/** @typedef {import("../../ui/app.js").App["text"]} Text */
/** @typedef {import("../../ui/training/session.js").Recording} Recording */

/**
 * @param {Text} text
 * @param {(rate: string) => string} fork says what is wrong, if anything is
 */
export function buildForkForm(text, fork) {
  let chosen = "";
  const rate = buildLogSlider(text("history.fork.rate"), { from: -4, to: 1.5, automatic: text("setting.automatic") },
    (value) => void (chosen = value));
  rate.element.dataset.explain = "rate";
  const failure = h("p", { class: "message bad", role: "alert" });
  const go = h("button", { type: "button", onclick: () => void (failure.textContent = fork(chosen)) },
    text("history.fork"));
  const element = h("section", { class: "panel stack" }, h("h3", {}, text("history.fork.title")),
    h("p", { class: "note" }, text("history.fork.help")), rate.element, h("div", { class: "row" }, go), failure);
  return {
    element,
    /** @param {number} automatic rate */
    hint: (automatic) => rate.hint(String(Number(automatic.toPrecision(3)))),
  };
}

/**
 * @param {Text} text
 * @param {(id: string) => void} toggle
 */
export function buildOverlayList(text, toggle) {
  const element = h("div", { class: "others", role: "group", "aria-label": text("history.over") });
  let drawn = "";
  return {
    element,
    /**
     * @param {Recording[]} others
     * @param {Recording[]} shown
     */
    show: (others, shown) => {
      const key = [...others, null, ...shown].map((one) => one && one.id).join();
      if (key === drawn) return;
      drawn = key;
      element.hidden = others.length === 0;
      fill(element, h("span", { class: "note" }, text("history.over")), ...others.map(({ id, name }) =>
        h("label", { class: "row" }, h("input", { type: "checkbox", checked: shown.some((one) => one.id === id),
          onchange: () => toggle(id) }), name)));
    },
  };
}
