/**
 * What a teacher sets: a task that stands above the room, and controls that are not there. Both stand in the address.
 */

import { h } from "../dom.js";
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
    hideControls(state.readHidden(params));
  };
  addEventListener("hashchange", follow);
  follow();
}
