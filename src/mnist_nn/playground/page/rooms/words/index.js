/**
 * The room Words: all explanations in one place, each with its longer form.
 */

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
  const entries = new Map(NAMES.map((name) => [name, h("div", { class: "word", id: `word-${name}`, tabindex: "-1" },
    h("dt", {}, text(`word.${name}`)), h("dd", {}, text(`word.${name}.short`), " ", text(`word.${name}.more`)))]));
  root.append(h("h2", {}, text("words.title")), h("p", { class: "note" }, text("words.intro")),
    h("dl", { class: "panel words" }, ...entries.values()));
  return {
    update: (params) => {
      const chosen = entries.get(params.get("word") ?? "");
      entries.forEach((entry) => entry.classList.toggle("chosen", entry === chosen));
      chosen?.scrollIntoView({ block: "center" });
      chosen?.focus({ preventScroll: true });
    },
    unmount: () => {},
  };
}
