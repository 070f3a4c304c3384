/**
 * What a control, a symbol or a chart means, in one sentence beside it: when the pointer rests on it, when it has the
 * focus, or when it is tapped. Whatever has `data-explain="rate"` is explained by the texts of that name.
 */

import { h } from "../dom.js";
import * as state from "../state.js";
import { text } from "../text.js";

const REST = 450; // milliseconds before a resting pointer is taken for a question
const LEAVE = 250; // and before leaving is meant, so that the link can be reached
const GAP = 8; // pixels

/** @param {HTMLElement} body */
export function followQuestions(body) {
  const words = h("p", { id: "explanation", role: "tooltip" });
  const more = h("a", { href: "#/words" }, text("explain.more"));
  const box = h("div", { class: "explanation", hidden: true }, words, more);
  body.append(box);
  /** @type {HTMLElement | null} */
  let asked = null;
  let timer = 0;
  const hide = () => {
    clearTimeout(timer);
    box.hidden = true;
    document.querySelectorAll("[aria-describedby=explanation]").forEach((one) =>
      one.removeAttribute("aria-describedby"));
    asked = null;
  };
  const show = (/** @type {HTMLElement} */ element, /** @type {Element | null} */ focused) => {
    hide();
    asked = element;
    const name = element.dataset.explain;
    words.textContent = text(`word.${name}.short`);
    more.setAttribute("href", state.linkTo("words", { word: name ?? "" }));
    box.hidden = false;
    place(box, element.getBoundingClientRect());
    if (focused && !focused.hasAttribute("aria-describedby")) focused.setAttribute("aria-describedby", words.id);
  };
  const later = (/** @type {() => void} */ act, /** @type {number} */ after) => {
    clearTimeout(timer);
    timer = window.setTimeout(act, after);
  };
  body.addEventListener("pointerover", ({ target, pointerType }) => {
    const element = findExplained(target);
    if (box.contains(/** @type {Node} */ (target)) || (asked && element === asked)) clearTimeout(timer);
    else if (element && pointerType === "mouse") later(() => show(element, null), REST);
    else if (asked) later(hide, LEAVE);
  });
  body.addEventListener("pointerout", (event) => leaves(event) && later(hide, LEAVE));
  body.addEventListener("focusin", ({ target }) => {
    const element = findExplained(target);
    if (element && target instanceof Element && target.matches(":focus-visible")) show(element, target);
    else if (!element && !box.contains(/** @type {Node} */ (target))) hide();
  });
  body.addEventListener("pointerup", ({ target, pointerType }) => {
    const element = findExplained(target);
    if (pointerType === "mouse" || box.contains(/** @type {Node} */ (target))) return;
    if (element) later(() => show(element, null), 0);
    else hide();
  });
  body.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  addEventListener("hashchange", hide);
  addEventListener("scroll", hide, { passive: true });
}

/**
 * Whether a pointer leaves the window; a finger leaves after every tap, which is no answer.
 * @param {PointerEvent} event
 */
const leaves = ({ pointerType, relatedTarget }) => pointerType === "mouse" && !relatedTarget;

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function findExplained(target) {
  const found = target instanceof Element ? target.closest("[data-explain]") : null;
  return /** @type {HTMLElement | null} */ (found);
}

/**
 * Below what is explained, or above where there is no space below.
 * @param {HTMLElement} box
 * @param {DOMRect} around
 */
function place(box, around) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = around.bottom + GAP;
  const top = below + height < innerHeight ? below : Math.max(GAP, around.top - GAP - height);
  const left = Math.min(Math.max(GAP, around.left), document.documentElement.clientWidth - width - GAP);
  Object.assign(box.style, { top: `${top}px`, left: `${left}px` });
}
