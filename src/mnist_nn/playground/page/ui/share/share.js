/**
 * What can be taken away from every room: its link, a print, a picture, and, for teachers, a link with a task.
 */

import { h } from "../dom.js";
import * as state from "../state.js";
import { text } from "../text.js";
import { copyLink } from "./link.js";
import { buildSave } from "./save.js";
import { buildTaskForm } from "./task-form.js";

/** @param {import("./task-form.js").Task[]} tasks that are ready to be set */
export function buildShare(tasks) {
  const said = h("p", { class: "note share-said", role: "status" });
  const copy = async () => {
    state.flush();
    said.textContent = await copyLink(location.href);
  };
  const form = buildTaskForm(tasks);
  const tools = h("div", { class: "row" },
    h("button", { type: "button", onclick: copy }, text("share.copy")),
    h("button", { type: "button", onclick: () => print() }, text("share.print")));
  addEventListener("hashchange", () => void (said.textContent = ""));
  return { element: h("div", { class: "stack share" }, tools, said, buildSave(), form.element), openTasks: form.open };
}
