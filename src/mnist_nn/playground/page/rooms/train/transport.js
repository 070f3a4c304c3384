/**
 * Buttons that make a training go, and the numbers that say where it stands.
 */

import { buildChoice, putText, readNumber } from "../../ui/controls.js";
import { h } from "../../ui/dom.js";
import { fixed } from "../../ui/format.js";
import { count } from "../../ui/language.js";
import { exactPercent, short, significant } from "../../ui/training/format.js";
import { PROPOSED, splitGoal } from "../../ui/training/goal.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../ui/training/session.js").Session} Session */
/** @typedef {import("../../ui/training/settings.js").Settings} Settings */

const SPEEDS = ["", "1000", "100", "10", "1"];
/** What explains a number. @type {Record<string, string>} */
const EXPLAINED = { epoch: "epoch", samples: "sample", test: "accuracy", loss: "loss", rate: "rate" };
const TIMED = 1000; // samples before a time for each means something
const STATS = ["epoch", "samples", "test", "loss", "rate", "micro", "speed"];

/**
 * @param {App} app
 * @param {Session} training
 * @param {Readonly<Record<string, Settings>>} presets
 * @param {HTMLElement} sample the image learned last
 */
export function buildTransport(app, training, presets, sample) {
  const { text } = app;
  const button = (/** @type {string} */ key, /** @type {() => void} */ onclick, more = {}) =>
    h("button", { type: "button", onclick, ...more }, text(key));
  const play = button("train.play", () => (training.playing ? training.pause() : training.play()),
    { class: "primary play" });
  const steps = [
    button("train.sample", () => training.step("sample"), { "data-explain": "sample" }),
    button("train.batch", () => training.step("batch"), { "data-explain": "batch" }),
    button("train.epoch", () => training.play("epoch"), { "data-explain": "epoch" }),
  ];
  const restart = button("train.restart", () => training.restart());
  const speed = buildChoice(text("train.speed"), SPEEDS.map((value) => [value, text(`train.speed.${value}`)]),
    (value) => training.limit(value ? Number(value) : null));
  speed.element.dataset.explain = "speed";
  const goal = buildGoal(text, (value) => training.aim(value));
  const undo = button("train.undo", () => training.undo(), { title: text("train.undo.help") });
  const preset = buildChoice(text("train.preset"),
    [["", text("train.preset.own")], ...Object.keys(presets).map((name) => namePreset(text, name))],
    (name) => name && training.change(presets[name]));
  const message = h("p", { class: "message" }); // what it says is announced from the session, whatever room is open
  const stats = buildStatistics(text);
  const meter = startSpeedometer();
  const element = h("section", { class: "panel transport" },
    h("div", { class: "row" }, play, ...steps, restart, undo), message,
    h("div", { class: "row conduct" }, speed.element, goal.element), stats.element, sample);
  return {
    element,
    presets: preset.element,
    render: () => {
      const { playing, status, settings, lane } = training;
      const ready = status === "ready";
      putText(play, text(playing ? "training.pause" : "train.play"));
      play.toggleAttribute("data-playing", playing);
      play.disabled = status === "idle" || Boolean(lane?.diverged);
      steps.forEach((step) => void (step.disabled = !ready || playing || Boolean(lane?.diverged)));
      steps[1].hidden = settings.batch === "1";
      restart.disabled = status === "loading" || (ready && training.fresh);
      undo.disabled = training.changes.isEmpty;
      goal.show(training.goal);
      speed.show(training.pace === null ? "" : String(training.pace));
      const at = Object.keys(presets).find((name) => JSON.stringify(presets[name]) === JSON.stringify(settings));
      preset.show(at ?? "");
      message.classList.toggle("bad", training.bad);
      putText(message, status === "loading" && !training.bad ? text("training.loading") : training.message);
      stats.show(training, meter(training));
    },
  };
}

/**
 * Where the training stops: a choice, and a number beside it where one is needed.
 * @param {App["text"]} text
 * @param {(goal: string) => void} changed
 */
function buildGoal(text, changed) {
  const option = (/** @type {string} */ kind) => /** @type {[string, string]} */ ([kind, text(`goal.${kind}`)]);
  const choice = buildChoice(text("goal"), ["", ...Object.keys(PROPOSED)].map(option), (kind) =>
    changed(kind && `${kind}:${PROPOSED[/** @type {import("../../ui/training/goal.js").Kind} */ (kind)]}`));
  const number = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", class: "short" });
  const unit = h("span");
  const side = h("label", { class: "row goal-number" }, number, unit);
  let shown = "";
  number.addEventListener("change", () => changed(`${splitGoal(shown).kind}:${readNumber(number.value)}`));
  return {
    element: h("div", { class: "row goal", "data-explain": "goal" }, choice.element, side),
    show: (/** @type {string} */ goal) => {
      shown = goal;
      const { kind, value } = splitGoal(goal);
      choice.show(kind);
      side.hidden = kind === "";
      if (kind) putText(unit, text(`goal.${kind}.unit`));
      if (document.activeElement !== number) number.value = value;
    },
  };
}

/**
 * @param {App["text"]} text
 * @param {string} name
 * @returns {[string, string]}
 */
const namePreset = (text, name) => [name, text(`train.preset.${name}`)];

/** @param {App["text"]} text */
function buildStatistics(text) {
  const names = STATS.map((name) => h("dt", {}, text(`train.stat.${name}`, "")));
  const values = STATS.map((name) => h("dd", { class: "number", "data-stat": name }, "–"));
  const helps = { micro: text("train.stat.micro.help"), speed: text("train.stat.speed.help") };
  STATS.forEach((name, i) => name in helps && (names[i].title = helps[/** @type {"micro"} */ (name)]));
  const element = h("dl", { class: "stats", "aria-label": text("train.stats") },
    ...STATS.map((name, i) => h("div", { "data-explain": EXPLAINED[name] }, names[i], values[i])));
  return {
    element,
    /**
     * @param {Session} training
     * @param {number | null} speed
     */
    show: ({ lane, points }, speed) => {
      const asked = lane?.test?.samples ?? 10000;
      putText(names[2], text("train.stat.test", short(asked)));
      const last = points.filter((point) => point.loss !== null).at(-1);
      const shown = lane ? [
        fixed(lane.epoch + lane.offset / lane.size, lane.offset ? 2 : 0), count(lane.samples),
        exactPercent(lane.test.accuracy), last ? significant(/** @type {number} */ (last.loss)) : "–",
        significant(lane.rate), lane.microseconds && lane.samples >= TIMED ? fixed(lane.microseconds, 1) : "–",
        speed === null ? "–" : count(speed),
      ] : STATS.map(() => "–");
      values.forEach((value, i) => putText(value, shown[i]));
    },
  };
}

/** Samples a second by the clock on the wall, over the last second or so; the last value stays while it pauses. */
function startSpeedometer() {
  /** @type {{time: number, samples: number}[]} */
  let marks = [];
  /** @type {number | null} */
  let latest = null;
  let measured = -1;
  return (/** @type {Session} */ { lane, playing, opened }) => {
    const time = performance.now();
    if (opened !== measured) [latest, measured, marks] = [null, opened, []];
    if (!playing) marks = [];
    if (!lane || !playing) return latest;
    marks.push({ time, samples: lane.samples });
    while (marks.length > 2 && time - marks[0].time > 1500) marks.shift();
    const passed = time - marks[0].time;
    if (passed > 300) latest = Math.round(((lane.samples - marks[0].samples) / passed) * 1000);
    return latest;
  };
}
