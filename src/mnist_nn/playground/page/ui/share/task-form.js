/**
 * A form that makes a link of what is seen now, with a task above it and without the controls that would give it away.
 * It can begin with a task that is ready, which opens the room as students will find it. It is loaded when it is first
 * opened.
 */

import { fill, h } from "../dom.js";
import * as state from "../state.js";
import { text } from "../text.js";
import { copyLink } from "./link.js";

/**
 * A task that is ready: where it takes place, and what is hidden there. Its words are `task.<id>`.
 * @typedef {{id: string, at: string, hide: string[]}} Task
 */

const CALM = 200; // milliseconds after a change in the room, before its controls are listed anew

class TaskForm {
  /** @type {Set<string>} */
  hidden = new Set();
  /** @type {string[]} */
  listed = [];

  /** @param {Task[]} tasks */
  constructor(tasks) {
    this.tasks = tasks;
    this.ready = h("select", { id: "task-ready", onchange: () => this.take(this.ready.value) },
      h("option", { value: "" }, text("task.own")),
      ...tasks.map(({ id }) => h("option", { value: id }, text(`task.${id}.title`))));
    this.words = h("input", { type: "text", id: "task-text", placeholder: text("task.example"),
      oninput: () => this.write() });
    this.controls = h("div", { class: "row task-controls", role: "group", "aria-label": text("task.hide") });
    this.link = h("input", { type: "text", id: "task-link", readonly: true });
    this.said = h("span", { class: "note", role: "status" });
    this.content = this.build();
    this.watch();
  }

  build() {
    const button = (/** @type {string} */ name, /** @type {() => void} */ onclick, kind = "") =>
      h("button", { type: "button", class: kind, onclick }, text(name));
    const field = (/** @type {HTMLElement} */ control, /** @type {string} */ name) =>
      h("div", { class: "field" }, h("label", { for: control.id }, text(name)), control);
    return h("div", { class: "stack" }, field(this.ready, "task.ready"), field(this.words, "task.text"),
      h("p", { class: "note" }, text("task.hide")), this.controls, field(this.link, "task.link"),
      h("div", { class: "row" }, button("task.copy", () => this.copy(), "primary"),
        button("task.try", () => this.try()), button("task.end", () => this.end())), this.said);
  }

  /** The controls of a room are listed when it is built, and when they change. */
  watch() {
    let timer = 0;
    const later = () => {
      clearTimeout(timer);
      if (this.content.closest("details")?.open) timer = window.setTimeout(() => this.list(), CALM);
    };
    new MutationObserver(later).observe(document.body, { childList: true, subtree: true });
    addEventListener("hashchange", later);
  }

  /** With what the address says already. */
  begin() {
    const { params } = state.read();
    if (params.has("task")) this.words.value = params.get("task") ?? "";
    this.hidden = new Set([...this.hidden, ...state.readHidden(params)]);
    this.list();
  }

  /** @param {string} id of a task that is ready */
  take(id) {
    const task = this.tasks.find((one) => one.id === id);
    if (!task) return;
    const [room, query] = task.at.split("?");
    const params = new URLSearchParams(query);
    if (!params.has("model")) params.set("model", "");
    this.words.value = text(`task.${id}`);
    this.hidden = new Set(task.hide);
    state.go(room, this.complete(params));
  }

  /** With task and hidden controls, and without a lesson. @param {URLSearchParams} params */
  complete(params) {
    params.set("task", this.words.value.trim());
    params.set("hide", [...this.hidden].join(","));
    params.set("lesson", "");
    return params;
  }

  list() {
    const parts = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("main [data-explain]"));
    const names = [...new Set([...parts].map((part) => String(part.dataset.explain)))];
    if (names.join() !== this.listed.join()) {
      this.listed = names;
      fill(this.controls, ...names.map((name) => h("label", { class: "row" },
        h("input", { type: "checkbox", value: name, onchange: () => this.mark() }), text(`word.${name}`))));
    }
    this.boxes().forEach((box) => void (box.checked = this.hidden.has(box.value)));
    this.write();
  }

  boxes() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.controls.querySelectorAll("input"));
  }

  mark() {
    const here = [...this.boxes()];
    here.forEach(({ value, checked }) => (checked ? this.hidden.add(value) : this.hidden.delete(value)));
    this.write();
  }

  /** The link to what is seen now. */
  write() {
    const { room, params } = state.read();
    const link = `${location.href.split("#")[0]}${state.formatAddress(room, this.complete(params))}`;
    if (link === this.link.value) return;
    this.link.value = link;
    this.said.textContent = "";
  }

  async copy() {
    this.write();
    this.said.textContent = await copyLink(this.link.value);
  }

  /** See it as students will. */
  try() {
    const { room, params } = state.read();
    state.go(room, this.complete(params));
    scrollTo(0, 0);
  }

  end() {
    const { room, params } = state.read();
    this.words.value = this.ready.value = "";
    this.hidden = new Set();
    state.go(room, this.complete(params));
  }
}

/** @param {Task[]} tasks */
export const buildTaskForm = (tasks) => new TaskForm(tasks);
