/**
 * What stands around the rooms: name, tabs, the choice of the model, the theme, and a voice for screen readers.
 */

import { isSealed } from "../core/checksum.js";
import { read, write } from "../core/modelfile.js";
import { fill, h } from "./dom.js";
import { followTask } from "./guide/task.js";
import { download, pickFile } from "./files.js";
import { formatShape } from "./models.js";
import * as state from "./state.js";
import { text } from "./text.js";
import { followTheme, currentTheme, toggleTheme } from "./theme.js";

/** @typedef {ReturnType<typeof buildFrame>} Frame */
/** @typedef {import("./app.js").App} App */
/** @typedef {import("./models.js").Models} Models */

/**
 * @param {HTMLElement} body
 * @param {string[]} rooms
 * @param {HTMLElement} lessons to choose from
 * @param {HTMLElement} share what can be taken away
 * @param {() => void} themeChanged
 */
export function buildFrame(body, rooms, lessons, share, themeChanged) {
  const tabs = rooms.map((room) => buildTab(room));
  const label = text("app.rooms");
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": label, onkeydown: followArrows }, ...tabs);
  const menu = h("div", { class: "model-menu" });
  const voice = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
  const stage = h("div", { class: "room", id: "room", role: "tabpanel", tabindex: "-1" });
  fill(stage, h("p", { class: "loading" }, text("app.loading")));
  const brand = h("h1", { class: "brand" }, buildMark(), h("span", {}, "mnist-nn"));
  const header = h("header", { class: "bar" }, brand, list, lessons, menu, buildThemeButton(themeChanged));
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
    /** @param {string} message */
    fail: (message) => fill(stage, h("p", { class: "failure", role: "alert" }, message)),
    /**
     * @param {Models} models
     * @param {App} app
     */
    connect: (models, app) => {
      app.on("model", () => fill(menu, ...buildModelMenu(models, app)));
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
  const options = models.list().map(({ id, name }) =>
    h("option", { value: id, selected: id === models.current.id }, name),
  );
  const choose = h("select", { id: "model", onchange: () => {
    state.put("model", choose.value);
    models.choose(choose.value);
  } }, ...options);
  return [
    h("label", { for: "model", class: "unseen" }, text("model.choose")),
    h("span", { "data-explain": "model" }, choose),
    h("span", { class: "shape" }, formatShape(models.current.model)),
    buildFileButton("open", "↥", () => openModel(app)),
    buildFileButton("download", "↧", () => saveModel(models)),
  ];
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
    showAlert(text("model.badFile", file.name, /** @type {Error} */ (error).message));
  }
}

/** @param {Models} models */
function saveModel({ current }) {
  download(write(current.model), `${current.id.replace(/^own:/, "").replace(/[^\w.-]+/g, "-")}.safetensors`);
}

/** @param {string} message */
function showAlert(message) {
  const close = h("button", { type: "button", onclick: () => box.remove() }, text("dialog.close"));
  const box = h("div", { class: "toast", role: "alert" }, h("span", {}, message), close);
  document.body.append(box);
}
