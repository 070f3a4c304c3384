/**
 * The room Train: a network learns in the worker, and this shows it: curves, weights, mistakes, numbers.
 */

import { write } from "../../core/modelfile.js";
import { h } from "../../ui/dom.js";
import { download } from "../../ui/files.js";
import { buildModelLinks } from "../../ui/links.js";
import * as state from "../../ui/state.js";
import { explain } from "../../ui/text.js";
import { buildAdvice } from "../../ui/training/advice.js";
import { buildSettingsForm } from "../../ui/training/form.js";
import { openTraining } from "../../ui/training/session.js";
import { DEFAULTS, fromParams, toParams } from "../../ui/training/settings.js";
import { followUndoKeys } from "../../ui/undo.js";
import { buildPanels } from "./panels.js";
import { buildSample } from "./sample.js";
import { buildTransport } from "./transport.js";

export * as strings from "./strings.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../ui/training/settings.js").Settings} Settings */

/** @type {Readonly<Record<string, Settings>>} */
const PRESETS = {
  classic: DEFAULTS,
  softmax: { ...DEFAULTS, output: "softmax", loss: "cross_entropy" },
  wide: { ...DEFAULTS, hidden: "64", activation: "relu", output: "softmax", loss: "cross_entropy", batch: "16" },
  deep: { ...DEFAULTS, hidden: "64,32", activation: "relu", output: "softmax", loss: "cross_entropy", batch: "32",
    optimizer: "adam" },
};

/**
 * @param {HTMLElement} root
 * @param {App} app
 * @returns {import("../../ui/app.js").Room}
 */
export function mount(root, app) {
  const { text } = app;
  const training = openTraining(app);
  const form = buildSettingsForm(text, [
    { legend: text("train.settings.network"), names: ["hidden", "activation", "output", "initializer", "seed"] },
    { legend: text("train.settings.training"),
      names: ["loss", "optimizer", "rate", "batch", "l2", "dropout", "subset"] },
  ], (settings) => training.change(settings));
  const sample = buildSample(text, (row) => lookAt(app, training, row));
  const transport = buildTransport(app, training, PRESETS, sample.element);
  const advice = buildAdvice((change) => followAdvice(training, change));
  const panels = buildPanels(app);
  root.append(
    h("h2", {}, text("train.title")), h("p", { class: "note intro" }, text("train.intro")),
    transport.element, advice.element,
    h("div", { class: "train-columns" },
      h("details", { class: "panel settings-panel", open: innerWidth > 960 },
        h("summary", {}, h("h3", {}, text("train.settings"))), transport.presets, form.element),
      h("div", { class: "stack" }, ...panels.elements, buildResult(app, training))),
  );
  const render = () => {
    form.show(training.settings);
    transport.render();
    sample.render(training);
    panels.render(training);
    advice.show(training.lane?.examined ? training.lane.findings : null, training.settings);
    const { pace: speed, goal: stopAt } = training;
    const here = state.read().room === "train" && training.status !== "idle";
    if (here) state.write("train", { ...toParams(training.settings), speed, stop: stopAt });
  };
  const ends = [training.on(paceRender(render)), followUndoKeys(training), app.on("theme", () => {
    sample.render(training);
    panels.restyle(training);
  })];
  let open = true;
  return {
    update: async (params) => {
      await training.kept;
      if (open) follow(training, params, render);
    },
    unmount: () => {
      open = false;
      ends.forEach((end) => end());
      panels.destroy();
    },
  };
}

/**
 * Try what a rule proposes.
 * @param {import("../../ui/training/session.js").Session} training
 * @param {import("../../ui/training/apply.js").Change} change
 */
function followAdvice(training, { settings, goal, goesOn }) {
  if (goal !== null) training.aim(goal);
  if (!goesOn) training.restart(settings);
  if (!training.playing) training.play();
}

/**
 * Take up what an address says: a shared one brings its settings with it, a bare one leaves the training as it is.
 * @param {import("../../ui/training/session.js").Session} training
 * @param {URLSearchParams} params
 * @param {() => void} render
 */
function follow(training, params, render) {
  const wanted = fromParams(params);
  const speed = Number(params.get("speed"));
  const changed = Object.keys(toParams(wanted)).length > 0;
  const says = params.has("speed") || params.has("stop") || changed;
  if (says || training.status === "idle") {
    training.limit(speed > 0 ? speed : null);
    training.aim(params.get("stop") ?? "");
  }
  const same = JSON.stringify(wanted) === JSON.stringify(training.settings);
  const isNew = training.status === "idle" && training.opened === 0;
  if (isNew && training.resumeOpen(changed ? wanted : null)) return render();
  if (training.status === "idle") {
    try {
      training.open(wanted);
    } catch (error) {
      training.settings = wanted;
      training.note(explain(error), true);
    }
  } else if (!same && says) {
    training.change(wanted);
  }
  render();
}

/**
 * A training image in the microscope, with the network as it is now.
 * @param {App} app
 * @param {import("../../ui/training/session.js").Session} training
 * @param {number} row
 */
async function lookAt(app, training, row) {
  app.setModel(await training.model(), app.text("train.modelName", training.recorded().name));
  app.navigate("microscope", { image: `train:${row}`, stage: "trained" });
}

/**
 * No more often than the screen is drawn.
 * @param {() => void} render
 */
function paceRender(render) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      render();
    });
  };
}

/**
 * What can be done with the trained network.
 * @param {App} app
 * @param {import("../../ui/training/session.js").Session} training
 */
function buildResult(app, training) {
  const { text } = app;
  const name = () => text("train.modelName", training.recorded().name);
  const save = async () => download(write(await training.model()), "playground.safetensors");
  const button = (/** @type {string} */ key, /** @type {() => void} */ onclick) =>
    h("button", { type: "button", onclick }, text(key));
  return h("section", { class: "panel stack" }, h("h3", {}, text("train.result")),
    h("div", { class: "row" },
      ...buildModelLinks(app, async () => ({ model: await training.model(), name: name() })),
      button("train.download", save),
      button("train.toHistory", () => app.navigate("history", { run: training.id }))),
    h("p", { class: "note" }, text("train.result.help", "playground.safetensors")));
}
