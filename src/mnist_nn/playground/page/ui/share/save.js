/**
 * Saving a picture of the room, or of one of its panels; loaded when it is first opened.
 */

import { fill, h } from "../dom.js";
import { download } from "../files.js";
import * as state from "../state.js";
import { explain, text } from "../text.js";
import { drawPicture, writePng, writeSvg } from "./picture.js";

/** What names a panel. */
const HEADINGS = "h2, h3, figcaption, summary, caption";

export function buildSave() {
  /** @type {HTMLElement[]} */
  let parts = [];
  const choice = h("select", { id: "picture-part" });
  const said = h("span", { class: "note", role: "status" });
  const list = () => {
    parts = listParts();
    const names = parts.map((part, i) => (i ? namePart(part) : text("picture.room")));
    fill(choice, ...names.map((name, i) => h("option", { value: i }, name)));
    said.textContent = "";
  };
  const save = async (/** @type {"svg" | "png"} */ kind) => {
    const name = `mnist-nn-${state.read().room || "room"}.${kind}`;
    const picture = drawPicture(parts[Number(choice.value)]);
    try {
      if (kind === "svg") download(writeSvg(picture), name, "image/svg+xml");
      else download(await writePng(picture), name, "image/png");
      said.textContent = text("picture.saved", name);
    } catch (error) {
      said.textContent = text("picture.failed", explain(error));
    }
  };
  const button = (/** @type {"svg" | "png"} */ kind) =>
    h("button", { type: "button", onclick: () => save(kind) }, text(`picture.${kind}`));
  return {
    content: h("div", { class: "row" }, h("label", { for: "picture-part" }, text("picture.of")), choice, button("png"),
      button("svg"), said),
    begin: list,
  };
}

/** The room, then its panels that are seen and have a name. */
function listParts() {
  const room = /** @type {HTMLElement} */ (document.querySelector("main .room"));
  const panels = /** @type {NodeListOf<HTMLElement>} */ (room.querySelectorAll(".panel"));
  return [room, ...[...panels].filter((part) => part.clientHeight > 0 && namePart(part))];
}

/** @param {HTMLElement} part */
const namePart = (part) =>
  (part.getAttribute("aria-label") || part.querySelector(HEADINGS)?.textContent || "").trim();
