/**
 * The choice of the language. What is shown stays as it is, so another language loads the page anew: the address and
 * the browser keep the rest, apart from models that were opened or trained here, which are to be saved first.
 */

import { h } from "./dom.js";
import { language } from "./language.js";
import * as state from "./state.js";
import { text } from "./text.js";

/**
 * @param {import("./text.js").Languages} languages
 * @param {(message: string, act: () => void, name: string) => void} ask
 */
export function buildLanguageMenu(languages, ask) {
  let hasOwnModels = () => false;
  const options = Object.entries(languages).map(([tag, { name }]) =>
    h("option", { value: tag, lang: tag, selected: tag === language() }, name));
  const choose = h("select", { id: "language", "aria-label": text("app.language"), onchange: () => {
    const { value } = choose;
    choose.value = language();
    leave(() => {
      state.put("lang", value);
      state.flush();
      location.reload();
    });
  } }, ...options);
  const leave = (/** @type {() => void} */ act) =>
    (hasOwnModels() ? ask(text("app.language.own"), act, "app.language.change") : act());
  addEventListener("hashchange", () => {
    const asked = state.read().params.get("lang");
    if (asked && asked in languages && asked !== language()) leave(() => location.reload());
  });
  return {
    element: h("label", { class: "language button", title: text("app.language") },
      h("span", { "aria-hidden": "true" }, language().toUpperCase()), choose),
    /** @param {import("./models.js").Models} models */
    connect: (models) => {
      hasOwnModels = () => models.list().some(({ id }) => id.startsWith("own:"));
    },
  };
}
