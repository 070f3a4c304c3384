/**
 * The room Words: all explanations in one place, each with its longer form.
 */

import { RULES } from "../../core/rules.js";
import { h } from "../../ui/dom.js";
import * as explanations from "../../ui/explain/strings.js";

export * as strings from "./strings.js";

/** @typedef {import("../../ui/app.js").App} App */

const NAMES = Object.keys(explanations.en).flatMap((key) => /^word\.(\w+)$/.exec(key)?.[1] ?? []);

/**
 * @param {HTMLElement} root
 * @param {App} app
 * @returns {import("../../ui/app.js").Room}
 */
export function mount(root, { text }) {
  const entry = (/** @type {string} */ name, /** @type {string} */ title, /** @type {string[]} */ ...words) =>
    /** @type {const} */ ([name, h("div", { class: "word", id: `word-${name}`, tabindex: "-1" },
      h("dt", {}, title), h("dd", {}, words.join(" ")))]);
  const words = NAMES.map((name) =>
    entry(name, text(`word.${name}`), text(`word.${name}.short`), text(`word.${name}.more`)));
  const faults = RULES.map(({ name, source }) =>
    entry(name, text(`rule.${name}`), text(`rule.${name}.more`), text("words.source", source)));
  const list = (/** @type {(readonly [string, HTMLElement])[]} */ all) =>
    h("dl", { class: "panel words" }, ...all.map(([, element]) => element));
  root.append(h("h2", {}, text("words.title")), h("p", { class: "note" }, text("words.intro")), list(words),
    h("h2", {}, text("words.faults")), h("p", { class: "note" }, text("words.faults.intro")), list(faults));
  const entries = new Map([...words, ...faults]);
  return {
    update: (params) => {
      const chosen = entries.get(params.get("word") ?? "");
      entries.forEach((one) => one.classList.toggle("chosen", one === chosen));
      chosen?.scrollIntoView({ block: "center" });
      chosen?.focus({ preventScroll: true });
    },
    unmount: () => {},
  };
}
