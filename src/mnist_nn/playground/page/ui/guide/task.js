/**
 * What a teacher sets: a task that stands above the room, and controls that are not there. Both stand in the address,
 * and every room can make such a link.
 */

import { fill, h } from "../dom.js";
import * as state from "../state.js";
import { text } from "../text.js";
import { hideControls } from "./spotlight.js";

/** @param {HTMLElement} header */
export function followTask(header) {
  const words = h("b");
  const banner = h("section", { class: "task", hidden: true, "aria-label": text("task.label") },
    h("span", { class: "note" }, text("task.label")), words);
  header.after(banner);
  const follow = () => {
    const { params } = state.read();
    words.textContent = params.get("task") ?? "";
    banner.hidden = !params.get("task");
    hideControls((params.get("hide") ?? "").split(",").filter(Boolean));
  };
  addEventListener("hashchange", follow);
  follow();
}

/**
 * A form that makes a link of what is seen now.
 * @returns {HTMLElement}
 */
export function buildLinkForm() {
  const task = h("input", { type: "text", id: "task-text", placeholder: text("task.example") });
  const controls = h("div", { class: "row", role: "group", "aria-label": text("task.hide") });
  const link = h("input", { type: "text", id: "task-link", readonly: true, "aria-label": text("task.link") });
  const said = h("span", { class: "note", role: "status" });
  const form = h("details", { class: "task-form", ontoggle: () => form.open && list() },
    h("summary", {}, text("task.make")),
    h("div", { class: "stack" }, h("label", { for: "task-text" }, text("task.text")), task,
      h("p", { class: "note" }, text("task.hide")), controls, link,
      h("div", { class: "row" }, h("button", { type: "button", onclick: () => copy() }, text("task.copy")), said)));
  const write = () => {
    state.flush();
    const { room, params } = state.read();
    params.delete("lesson");
    const checked = /** @type {NodeListOf<HTMLInputElement>} */ (controls.querySelectorAll("input:checked"));
    const hidden = [...checked].map(({ value }) => value);
    for (const [name, value] of [["task", task.value.trim()], ["hide", hidden.join(",")]]) {
      if (value) params.set(name, value);
      else params.delete(name);
    }
    link.value = `${location.href.split("#")[0]}#/${room}?${params}`;
    said.textContent = "";
  };
  const list = () => {
    const parts = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("main [data-explain]"))];
    const names = [...new Set(parts.map((part) => String(part.dataset.explain)))];
    fill(controls, ...names.map((name) => h("label", { class: "row" },
      h("input", { type: "checkbox", value: name, onchange: write }), text(`word.${name}`))));
    write();
  };
  const copy = async () => {
    link.select();
    await navigator.clipboard?.writeText(link.value).catch(() => {});
    said.textContent = text("task.copied");
  };
  task.addEventListener("input", write);
  return form;
}
