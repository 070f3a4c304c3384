/**
 * Back and forth in a training: a slider over its moments, buttons, and playing it like a film.
 */

import { h } from "../../ui/dom.js";
import { count } from "../../ui/language.js";
import { formatPlace } from "../../ui/training/session.js";

/** @typedef {import("../../worker/lane.js").Moment} Moment */

const FRAME = 500; // milliseconds a moment

/**
 * @param {import("../../ui/app.js").App["text"]} text
 * @param {(index: number) => void} go
 */
export function buildScrubber(text, go) {
  const slider = h("input", { type: "range", min: 0, step: 1, "aria-label": text("history.slider"),
    oninput: () => go(Number(slider.value)) });
  const button = (/** @type {string} */ sign, /** @type {string} */ key, /** @type {() => number} */ to) => h("button",
    { type: "button", class: "icon", title: text(key), "aria-label": text(key), onclick: () => go(to()) }, sign);
  const at = () => Number(slider.value);
  const last = () => Number(slider.max);
  const steps = [button("«", "history.first", () => 0), button("‹", "history.back", () => Math.max(0, at() - 1)),
    button("›", "history.next", () => Math.min(last(), at() + 1)), button("»", "history.last", last)];
  const film = h("button", { type: "button", class: "film", onclick: () => (timer ? halt() : roll()) });
  const place = h("p", { class: "place number" });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const halt = () => {
    clearInterval(timer);
    timer = undefined;
    film.textContent = text("history.play");
  };
  const roll = () => {
    if (at() === last()) go(0);
    timer = setInterval(() => (at() < last() ? go(at() + 1) : halt()), FRAME);
    film.textContent = text("history.pause");
  };
  halt();
  return {
    element: h("div", { class: "scrubber", "data-explain": "moment" },
      h("div", { class: "row" }, film, ...steps, place), slider),
    halt,
    /**
     * @param {Moment[]} moments
     * @param {number} index
     */
    show: (moments, index) => {
      const moment = moments[index];
      slider.max = String(moments.length - 1);
      slider.value = String(index);
      const words = moment.samples === 0 ? text("history.start")
        : text("history.place", Number(formatPlace(moment)), count(moment.samples));
      place.textContent = words;
      slider.setAttribute("aria-valuetext", words);
      steps.forEach((step, i) => void (step.disabled = index === (i < 2 ? 0 : moments.length - 1)));
    },
  };
}
