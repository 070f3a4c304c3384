/**
 * Going through the test digits, the wrongly read ones first.
 */

import { fill, h } from "../../ui/dom.js";
import { count } from "../../ui/language.js";
import { text } from "../../ui/text.js";

/** @typedef {ReturnType<typeof buildDigits>} Digits */

/**
 * @param {(image: number) => void} choose
 */
export function buildDigits(choose) {
  const order = h("select", { id: "order", onchange: () => arrange() },
    h("option", { value: "wrong" }, text("digits.wrong")), h("option", { value: "all" }, text("digits.all")));
  const state = {
    images: /** @type {number[]} */ ([]), wrong: 0, current: /** @type {number | null} */ (null),
    answers: /** @type {Uint8Array | null} */ (null), labels: new Uint8Array(0),
  };
  const where = h("p", { class: "note" }, text("digits.waiting"));
  const step = (/** @type {number} */ by) => {
    const at = state.current === null ? -1 : state.images.indexOf(state.current);
    const from = at < 0 && by < 0 ? 0 : at;
    choose(state.images[(from + by + state.images.length) % state.images.length]);
  };
  const previous = h("button", { type: "button", disabled: true, onclick: () => step(-1) }, text("digits.previous"));
  const next = h("button", { type: "button", disabled: true, onclick: () => step(1) }, text("digits.next"));

  const arrange = () => {
    const { answers, labels } = state;
    if (!answers) return;
    const all = Array.from(labels, (_, i) => i);
    const isWrong = (/** @type {number} */ i) => answers[i] !== labels[i];
    state.wrong = all.filter(isWrong).length;
    state.images = order.value === "all" ? all : [...all.filter(isWrong), ...all.filter((i) => !isWrong(i))];
    previous.disabled = next.disabled = false;
    say();
  };
  const say = () => {
    const { current, images, answers, labels, wrong } = state;
    if (!answers) return;
    const all = count(labels.length);
    if (current === null) return fill(where, text("digits.count", count(wrong), all));
    const place = count(images.indexOf(current) + 1);
    return fill(where, text("digits.where", place, all, current, labels[current]));
  };
  const element = h("div", { class: "stack digits" }, h("h3", {}, text("digits.title")),
    h("div", { class: "row" }, previous, next),
    h("div", { "data-explain": "order" }, h("label", { class: "unseen", for: "order" }, text("digits.order")), order),
    where);
  return {
    element,
    /**
     * @param {Uint8Array} answers of the model
     * @param {Uint8Array} labels
     */
    use: (answers, labels) => {
      Object.assign(state, { answers, labels });
      arrange();
    },
    /** @param {number | null} image */
    show: (image) => {
      state.current = image;
      say();
    },
  };
}
