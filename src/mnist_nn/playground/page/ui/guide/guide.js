/**
 * The guide through a lesson: a card that opens the right room, lights up what it speaks of, asks before it shows, and
 * can be left and taken up again. The address says which card is shown: lesson=first.3. It knows no lesson by name.
 */

import { fill, h } from "../dom.js";
import { askOnce } from "../later.js";
import { lightUp } from "./spotlight.js";
import * as state from "../state.js";
import { text } from "../text.js";

/** @typedef {{at: string, light?: string, right?: number, answers?: number, press?: string[]}} Card */
/** @typedef {{id: string, cards: Card[]}} Lesson */
/** @typedef {{lesson: Lesson, number: number}} Place `number` counts cards from 1 */

const STORED = "mnist-nn-lesson";
const ANSWERS = 3; // to a question, where a card has no other number

/**
 * @param {HTMLElement} body
 * @param {() => Promise<Lesson[]>} loadLessons when they are first wanted
 * @param {() => void} openTasks for teachers
 */
export function buildGuide(body, loadLessons, openTasks) {
  const load = askOnce(loadLessons);
  const panel = h("aside", { class: "guide", hidden: true, "aria-label": text("guide.label"), tabindex: "-1" });
  body.append(panel);
  let shown = "";
  const go = (/** @type {Lesson} */ lesson, /** @type {number} */ number) => {
    const [room, query] = lesson.cards[number - 1].at.split("?");
    const params = new URLSearchParams(query);
    if (!params.has("model")) params.set("model", "");
    params.set("lesson", `${lesson.id}.${number}`);
    state.go(room, params);
  };
  const leave = () => {
    const { room, params } = state.read();
    params.set("lesson", "");
    state.go(room, params);
  };
  const asked = () => state.read().params.get("lesson") ?? "";
  const follow = async () => {
    const name = asked();
    if (name === shown) return;
    const place = name ? findPlace(await load(), name) : null;
    if (name !== asked() || name === shown) return;
    shown = name;
    panel.hidden = !place;
    lightUp(place?.lesson.cards[place.number - 1].light ?? null);
    document.body.classList.toggle("guided", Boolean(place));
    if (!place) return;
    remember(name);
    fill(panel, ...buildCard(place, { go: (number) => go(place.lesson, number), leave }));
    panel.focus({ preventScroll: true });
  };
  addEventListener("hashchange", follow);
  return { follow, menu: buildMenu(load, go, openTasks) };
}

/**
 * @param {Lesson[]} lessons
 * @param {string} name
 * @returns {Place | null}
 */
function findPlace(lessons, name) {
  const [id, number] = name.split(".");
  const lesson = lessons.find((one) => one.id === id);
  return lesson && lesson.cards[Number(number) - 1] ? { lesson, number: Number(number) } : null;
}

/**
 * @param {Place} place
 * @param {{go: (number: number) => void, leave: () => void}} on
 */
function buildCard({ lesson: { id, cards }, number }, { go, leave }) {
  const key = `${id}.${number}`;
  const { right, answers, press = [] } = cards[number - 1];
  const button = (/** @type {string} */ name, /** @type {() => void} */ onclick, kind = "") =>
    h("button", { type: "button", class: kind, onclick }, text(name));
  const isLast = number === cards.length;
  return [
    h("div", { class: "row apart" },
      h("p", { class: "note" }, `${text(`${id}.title`)} · ${text("guide.where", number, cards.length)}`),
      button("guide.leave", leave, "plain")),
    h("h2", {}, text(key)),
    h("p", {}, text(`${key}.text`)),
    right !== undefined && buildQuestion(key, { right, answers, press }),
    right === undefined && press.length > 0 &&
      h("button", { type: "button", class: "primary", onclick: () => pressAll(press) }, text(`${key}.do`)),
    h("div", { class: "row apart" },
      h("button", { type: "button", disabled: number === 1, onclick: () => go(number - 1) }, `← ${text("guide.back")}`),
      h("button", { type: "button", class: right === undefined && press.length === 0 ? "primary" : "",
        onclick: () => (isLast ? leave() : go(number + 1)) },
      isLast ? text("guide.end") : `${text("guide.next")} →`)),
  ];
}

/**
 * A question with its answers; whichever is chosen, the right one is named and then shown.
 * @param {string} key
 * @param {{right: number, answers?: number, press: string[]}} question
 */
function buildQuestion(key, { right, answers: count = ANSWERS, press }) {
  const because = h("p", { class: "because", role: "status" });
  const answers = h("div", { class: "stack answers", role: "group", "aria-label": text(`${key}.ask`) });
  const choose = (/** @type {number} */ chosen) => {
    [...answers.children].forEach((one, i) => {
      one.classList.toggle("right", i === right);
      one.classList.toggle("wrong", i === chosen && i !== right);
      one.setAttribute("aria-pressed", String(i === chosen));
    });
    because.textContent = `${text(chosen === right ? "guide.right" : "guide.notQuite")} ${text(`${key}.because`)}`;
    pressAll(press);
  };
  for (let i = 0; i < count; i++) {
    answers.append(h("button", { type: "button", onclick: () => choose(i) }, text(`${key}.a${i}`)));
  }
  return h("div", { class: "stack" }, h("p", { class: "ask" }, text(`${key}.ask`)), answers, because);
}

/** @param {string[]} selectors of buttons */
function pressAll(selectors) {
  for (const selector of selectors) {
    const button = document.querySelector(selector);
    if (button instanceof HTMLButtonElement && !button.disabled) button.click();
  }
}

/**
 * The lessons to choose from, and where one was left.
 * @param {() => Promise<Lesson[]>} load
 * @param {(lesson: Lesson, number: number) => void} go
 * @param {() => void} openTasks
 */
function buildMenu(load, go, openTasks) {
  const list = h("div", { class: "lesson-list" });
  const menu = h("details", { class: "lessons", ontoggle: () => menu.open && refresh() },
    h("summary", { class: "button" }, text("guide.lessons")), list);
  const refresh = async () => {
    const lessons = await load();
    const left = findPlace(lessons, recall() ?? "");
    fill(list, ...lessons.map((lesson) => {
      const begin = (/** @type {number} */ number) => {
        menu.open = false;
        go(lesson, number);
      };
      const goesOn = left?.lesson === lesson && left.number > 1;
      return h("section", {}, h("h3", {}, text(`${lesson.id}.title`)),
        h("p", { class: "note" }, text(`${lesson.id}.about`)),
        h("div", { class: "row" },
          h("button", { type: "button", class: "primary", onclick: () => begin(1) }, text("guide.begin")),
          goesOn && h("button", { type: "button", onclick: () => begin(left.number) },
            text("guide.resume", left.number))));
    }), buildForTeachers((act) => {
      menu.open = false;
      act();
    }, openTasks));
  };
  addEventListener("pointerdown", ({ target }) => {
    if (!menu.contains(/** @type {Node} */ (target))) menu.open = false;
  });
  menu.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") menu.open = false;
  });
  return menu;
}

/**
 * @param {(act: () => void) => void} leave the menu, then act
 * @param {() => void} openTasks
 */
function buildForTeachers(leave, openTasks) {
  const openSheets = () => state.go("microscope", { sheets: 1 });
  return h("section", {}, h("h3", {}, text("guide.teachers")), h("p", { class: "note" }, text("guide.teachersAbout")),
    h("div", { class: "row" },
      h("button", { type: "button", onclick: () => leave(openTasks) }, text("guide.tasks")),
      h("button", { type: "button", onclick: () => leave(openSheets) }, text("guide.sheets"))));
}

/** @param {string} name */
function remember(name) {
  try {
    localStorage.setItem(STORED, name);
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}

function recall() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
