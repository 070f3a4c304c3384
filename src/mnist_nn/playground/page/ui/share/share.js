/**
 * What can be taken away from every room: its link, a print, a picture, and, for teachers, a link with a task.
 */

import { h } from "../dom.js";
import { buildFold } from "../later.js";
import * as state from "../state.js";
import { text } from "../text.js";
import { copyLink } from "./link.js";

/** @param {() => Promise<import("./task-form.js").Task[]>} loadTasks that are ready to be set */
export function buildShare(loadTasks) {
  const said = h("p", { class: "note share-said", role: "status" });
  const copy = async () => {
    state.flush();
    said.textContent = await copyLink(location.href);
  };
  const tools = h("div", { class: "row" },
    h("button", { type: "button", onclick: copy }, text("share.copy")),
    h("button", { type: "button", onclick: () => print() }, text("share.print")));
  const picture = buildFold({}, text("picture.title"), async () => (await import("./save.js")).buildSave());
  const tasks = buildFold({ class: "task-form" }, text("task.make"), async () => {
    const [{ buildTaskForm }, ready] = await Promise.all([import("./task-form.js"), loadTasks()]);
    return buildTaskForm(ready);
  });
  const openTasks = async () => {
    const { ready } = await tasks.open();
    tasks.element.scrollIntoView({ block: "start" });
    ready.focus({ preventScroll: true });
  };
  addEventListener("hashchange", () => {
    said.textContent = "";
    picture.element.open = false;
  });
  return { element: h("div", { class: "stack share" }, tools, said, picture.element, tasks.element), openTasks };
}
