/**
 * The lanes as cards: name, what is special about it, how it stands, its neurons, and its settings.
 */

import { COLOURS, DASHES } from "../../ui/charts.js";
import { putText } from "../../ui/controls.js";
import { h, s } from "../../ui/dom.js";
import { buildSettingsForm } from "../../ui/training/form.js";
import { fixed } from "../../ui/format.js";
import { count } from "../../ui/language.js";
import { exactPercent, significant } from "../../ui/training/format.js";
import { buildNeuronGrid } from "../../ui/training/neurons.js";
import { DEFAULTS } from "../../ui/training/settings.js";
import { ALL_IMAGES } from "./lanes.js";

/** @typedef {import("../../ui/app.js").App["text"]} Text */
/** @typedef {import("./lanes.js").Lane} Lane */
/** @typedef {import("./session.js").Progress} Progress */
/** @typedef {ReturnType<typeof buildLaneCard>} Card */

const NEURONS = 8;

/**
 * @param {Text} text
 * @param {number} number of the lane, from 0
 * @param {{changed: (lane: Lane) => void, remove: (() => void) | null, links: HTMLElement[]}} then
 */
export function buildLaneCard(text, number, { changed, remove, links }) {
  /** @type {Lane} */
  let lane;
  const name = h("input", { type: "text", "aria-label": text("race.lane.name", number + 1),
    onchange: () => changed({ ...lane, name: name.value.trim() || text("race.lane", number + 1) }) });
  const form = buildSettingsForm(text, [
    { legend: text("race.network"), names: ["hidden", "activation", "output", "initializer"] },
    { legend: text("race.training"), names: ["loss", "optimizer", "rate", "batch", "l2", "dropout", "fault"] },
  ], (settings) => changed({ ...lane, settings }));
  const score = h("b", { class: "score number" }, "–");
  const track = h("progress", { max: 1, value: 0 });
  const different = h("p", { class: "note", "data-explain": "changes", tabindex: "0" });
  const facts = h("p", { class: "note number facts" });
  const neurons = buildNeuronGrid((shown, all) => text("training.neurons.label", shown, all), NEURONS);
  const element = h("section", { class: "panel lane" },
    h("div", { class: "row lane-head" }, buildKey(number), name, score), track, different, neurons.element, facts,
    h("div", { class: "row lane-links", "data-explain": "lane" }, ...links),
    h("details", { "data-explain": "lane" }, h("summary", {}, text("race.lane.settings")), form.element),
    remove ? h("button", { type: "button", class: "plain", onclick: remove }, text("race.lane.remove")) : null);
  element.style.setProperty("--lane", `var(${COLOURS[number]})`);
  return {
    element,
    /** @param {Lane} next */
    show: (next) => {
      lane = next;
      name.value = next.name;
      element.setAttribute("aria-label", next.name);
      track.setAttribute("aria-label", text("race.progress", next.name));
      putText(different, describeChanges(text, next));
      form.show(next.settings);
    },
    /**
     * @param {Progress} progress
     * @param {number} limit
     */
    render: ({ state }, limit) => {
      track.value = state ? state.samples / limit : 0;
      putText(score, state ? exactPercent(state.test.accuracy) : "–");
      putText(facts, state ? describeState(text, state) : "");
      element.classList.toggle("diverged", Boolean(state?.diverged));
      if (state) neurons.draw(state.first, 784);
      links.forEach((link) => void (link.hidden = !state || state.samples === 0 || lane.settings.fault !== "none"));
    },
  };
}

/**
 * @param {Text} text
 * @param {NonNullable<Progress["state"]>} state
 */
function describeState(text, state) {
  if (state.diverged) return text("race.diverged", count(state.samples));
  return text("race.facts", count(state.samples), fixed(state.seconds, 2),
    state.microseconds ? fixed(state.microseconds, 1) : "–", significant(state.rate));
}

/**
 * What a lane changes of the classic settings.
 * @param {Text} text
 * @param {Lane} lane
 */
function describeChanges(text, { settings }) {
  const changed = Object.entries(settings).filter(([name, value]) =>
    value !== DEFAULTS[/** @type {keyof typeof DEFAULTS} */ (name)] && name !== "subset" && name !== "seed");
  const named = ["activation", "output", "loss", "fault"];
  const inWords = (/** @type {string} */ name, /** @type {string} */ value) => {
    if (name === "batch" && value === ALL_IMAGES) return text("race.lane.all");
    return named.includes(name) ? text(`${name}.${value}`) : value.replaceAll("_", " ");
  };
  const words = changed.map(([name, value]) => `${text(`setting.${name}`)}: ${inWords(name, value)}`);
  return words.join(" · ") || text("race.lane.classic");
}

/**
 * The line of a lane as the charts draw it.
 * @param {number} number
 */
function buildKey(number) {
  const line = s("line", { x1: 0, y1: 6, x2: 28, y2: 6, "stroke-width": 3,
    "stroke-dasharray": DASHES[number]?.join(" ") });
  line.style.stroke = `var(${COLOURS[number]})`;
  return s("svg", { width: 28, height: 12, "aria-hidden": "true" }, line);
}
