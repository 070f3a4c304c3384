/**
 * What stands around the rooms: name, tabs, the choice of model and language, the theme, and a voice for screen
 * readers.
 */

import { isSealed } from "../core/checksum.js";
import { read, write } from "../core/modelfile.js";
import { fill, h } from "./dom.js";
import { followTask } from "./guide/task.js";
import { download, pickFile } from "./files.js";
import { buildLanguageMenu } from "./language-menu.js";
import { formatShape } from "./models.js";
import * as state from "./state.js";
import { explain, text } from "./text.js";
import { followTheme, currentTheme, toggleTheme } from "./theme.js";

/** @typedef {ReturnType<typeof buildFrame>} Frame */
/** @typedef {import("./app.js").App} App */
/** @typedef {import("./models.js").Models} Models */

/**
 * @param {HTMLElement} body
 * @param {string[]} rooms
 * @param {{languages: import("./text.js").Languages, lessons: HTMLElement, share: HTMLElement}} parts that it holds:
 *   lessons to choose from, and what can be taken away
 * @param {() => void} themeChanged
 */
export function buildFrame(body, rooms, { languages, lessons, share }, themeChanged) {
  const tabs = rooms.map((room) => buildTab(room));
  const label = text("app.rooms");
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": label, onkeydown: followArrows }, ...tabs);
  const menu = h("div", { class: "model-menu" });
  const voice = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
  const stage = h("div", { class: "room", id: "room", role: "tabpanel", tabindex: "-1" });
  fill(stage, h("p", { class: "loading" }, text("app.loading")));
  const brand = h("h1", { class: "brand" }, buildMark(), h("span", {}, "mnist-nn"));
  const language = buildLanguageMenu(languages, showAlert);
  const header = h("header", { class: "bar" }, brand, list, lessons, menu, language.element,
    buildThemeButton(themeChanged));
  body.prepend(
    h("a", { class: "skip", href: "#room", onclick: (/** @type {Event} */ e) => skip(e, stage) }, text("app.skip")),
    header, h("main", { id: "main" }, stage), h("footer", { class: "foot" }, share), voice);
  followTask(header);
  return {
    /** @param {string} name */
    select: (name) => {
      document.title = text("app.titleOf", text(`room.${name}`));
      tabs.forEach((button) => markTab(button, button.dataset.room === name, stage));
    },
    /** @param {string} name */
    stage: (name) => {
      stage.className = `room room-${name}`;
      fill(stage, h("p", { class: "loading" }, text("app.loading")));
      return stage;
    },
    /** @param {string} message */
    announce: (message) => void (voice.textContent = message),
    say: showAlert,
    /**
     * @param {string} message
     * @param {() => void} again what to try once more
     */
    fail: (message, again) => fill(stage, h("div", { class: "failure stack", role: "alert" }, h("p", {}, message),
      h("p", {}, h("button", { type: "button", class: "primary", onclick: again }, text("app.again"))))),
    /**
     * @param {Models} models
     * @param {App} app
     */
    connect: (models, app) => {
      language.connect(models);
      const { elements, show } = buildModelMenu(models, app);
      app.on("model", () => {
        if (!menu.firstChild) fill(menu, ...elements);
        show();
      });
    },
  };
}

/** @param {string} room */
function buildTab(room) {
  const go = () => state.read().room !== room && state.go(room);
  const properties = { type: "button", role: "tab", id: `tab-${room}`, "data-room": room, "aria-controls": "room" };
  return h("button", { ...properties, tabindex: "-1", onclick: go }, text(`room.${room}`));
}

/**
 * @param {HTMLElement} button
 * @param {boolean} selected
 * @param {HTMLElement} stage
 */
function markTab(button, selected, stage) {
  button.setAttribute("aria-selected", String(selected));
  button.tabIndex = selected ? 0 : -1;
  if (!selected) return;
  stage.setAttribute("aria-labelledby", button.id);
  button.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/**
 * Arrow keys, Home and End go from tab to tab.
 * @param {KeyboardEvent} event
 */
function followArrows(event) {
  const tabs = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).children]);
  const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  /** @type {Record<string, number>} */
  const places = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 };
  if (at < 0 || !(event.key in places)) return;
  event.preventDefault();
  const next = tabs[(places[event.key] + tabs.length) % tabs.length];
  next.focus();
  next.click();
}

/**
 * @param {Event} event
 * @param {HTMLElement} stage
 */
function skip(event, stage) {
  event.preventDefault(); // the address holds the state of the room
  stage.focus();
}

function buildMark() {
  return h("img", { src: "icon.svg", alt: "", width: 24, height: 24 });
}

/** @param {() => void} changed */
function buildThemeButton(changed) {
  const button = h("button", { type: "button", class: "icon", onclick: () => {
    toggleTheme();
    label();
    changed();
  } });
  followTheme(() => {
    label();
    changed();
  });
  const label = () => {
    const key = currentTheme() === "dark" ? "theme.toLight" : "theme.toDark";
    button.textContent = currentTheme() === "dark" ? "☀" : "☾";
    button.title = text(key);
    button.setAttribute("aria-label", text(key));
  };
  label();
  return button;
}

/**
 * @param {Models} models
 * @param {App} app
 */
function buildModelMenu(models, app) {
  const choose = h("select", { id: "model", onchange: () => take(choose.value) });
  const shape = h("span", { class: "shape" });
  const take = async (/** @type {string} */ id) => {
    try {
      await models.choose(id);
      state.put("model", id);
    } catch (error) {
      choose.value = models.current.id;
      showAlert(text("model.failed", explain(error)), () => take(id));
    }
  };
  return {
    elements: [
      h("label", { for: "model", class: "unseen" }, text("model.choose")),
      h("span", { "data-explain": "model" }, choose), shape,
      buildFileButton("open", "↥", () => openModel(app)),
      buildFileButton("download", "↧", () => saveModel(models)),
    ],
    /** What is chosen now; the control itself stays, and with it the focus. */
    show: () => {
      fill(choose, ...models.list().map(({ id, name }) => h("option", { value: id }, name)));
      choose.value = models.current.id;
      shape.textContent = formatShape(models.current.model);
    },
  };
}

/**
 * A word where there is space for it, else a sign.
 * @param {string} name
 * @param {string} sign
 * @param {() => void} onclick
 */
function buildFileButton(name, sign, onclick) {
  const label = text(`model.${name}`);
  return h("button", { type: "button", title: label, "aria-label": label, onclick },
    h("span", { class: "word" }, text(`model.${name}Word`)), h("span", { class: "sign" }, sign));
}

/** @param {App} app */
async function openModel(app) {
  const file = await pickFile(".safetensors");
  if (!file) return;
  try {
    const bytes = await file.arrayBuffer();
    const model = read(bytes);
    const name = file.name.replace(/\.safetensors$/, "");
    app.setModel(model, name);
    app.announce(text("model.opened", name, formatShape(model)));
    if (!isSealed(new Uint8Array(bytes))) showAlert(text("model.unsealed", file.name));
  } catch (error) {
    showAlert(text("model.badFile", file.name, explain(error)));
  }
}

/** @param {Models} models */
function saveModel({ current }) {
  download(write(current.model), `${current.id.replace(/^own:/, "").replace(/[^\w.-]+/g, "-")}.safetensors`);
}

/**
 * Say something wherever one is on the page, once.
 * @param {string} message
 * @param {() => void} [act] what to try once more
 * @param {string} [name] of the button for it
 */
function showAlert(message, act, name = "app.again") {
  const button = (/** @type {string} */ key, /** @type {() => void} */ then = () => {}) =>
    h("button", { type: "button", onclick: () => {
      box.remove();
      then();
    } }, text(key));
  const box = h("div", { class: "toast", role: "alert" }, h("span", {}, message),
    h("span", { class: "row" }, act && button(name, act), button("dialog.close")));
  document.querySelectorAll(".toast").forEach((one) => one.textContent === box.textContent && one.remove());
  document.body.append(box);
}
