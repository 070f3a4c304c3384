/**
 * The room "Microscope": one update of one image, forward and backward, every number open.
 */

import { chooseRate, makeTrainingConfig } from "../../core/config.js";
import { candidateLosses, numericGradient, trace } from "../../core/trace.js";
import { fill, h } from "../../ui/dom.js";
import { applyEdits, isEmpty, readEdits, toParams } from "../../ui/edits.js";
import { findImage } from "../../ui/images.js";
import * as state from "../../ui/state.js";
import { text } from "../../ui/text.js";
import { followUndoKeys } from "../../ui/undo.js";
import { buildClassSet } from "./class-set.js";
import { applyUpdate, chooseFault, chooseLoss, formatLearned, parseLearned, replay } from "./lesson.js";
import { buildMap } from "./map.js";
import { findBusiest, followWeight, namePath, parsePath } from "./path.js";
import { buildPicker } from "./picker.js";
import { chooseStage, listStages, takeStage } from "./stages.js";
import { buildStage } from "./stage.js";
import { listSteps } from "./steps.js";
import { chooseLetters } from "./symbols.js";

export * as strings from "./strings.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../core/trace.js").Trace} Trace */

const FIRST_IMAGE = "test:0"; // a clear one
const MANY = 100; // images, whose mean loss is a curve that has its lowest point near

class Microscope {
  /** Whether what is shown next is a step that the browser's Back takes back. */
  isStep = false;

  /**
   * @param {HTMLElement} root
   * @param {App} app
   */
  constructor(root, app) {
    this.app = app;
    this.network = app.model.network;
    /** What the address says: image, label, stage, loss, rate, fault, step, path, learned, edits. */
    this.view = {
      image: FIRST_IMAGE, label: /** @type {number | null} */ (null), stage: "", loss: "classic_mse", rate: 0.03,
      fault: "none", step: 0, path: /** @type {number[] | null} */ (null), learned: parseLearned(null), numbers: false,
      edits: /** @type {import("../../ui/edits.js").Edits} */ ({ off: [], bias: [] }),
    };
    /** @type {Uint8Array} */
    this.pixels = new Uint8Array(784);
    this.known = false;
    /** @type {Trace | null} */
    this.trace = null;
    /** @type {import("../../core/landscape.js").Sample[]} */
    this.many = [];
    this.shown = { step: -1, network: this.network };
    this.ticket = 0;
    this.picker = buildPicker({
      image: (image) => this.open({ image }),
      label: (label) => this.open({ label: String(label) }),
      stage: (stage) => this.open({ stage, learned: null, path: null }),
      loss: (loss) => this.open({ loss, rate: null }),
      rate: (rate) => this.open({ rate: String(rate) }),
      fault: (fault) => this.open({ fault: fault === "none" ? null : fault }),
    });
    this.map = buildMap((step, isAuto) => this.go(step, isAuto));
    this.stage = buildStage((open) => {
      this.view.numbers = open;
      this.save();
    });
    this.waiting = h("p", { class: "loading" }, text("app.loading"));
    this.question = h("section", { class: "panel stack ask-label", hidden: true });
    this.lesson = h("section", { class: "panel row lesson", "aria-label": text("micro.apply") });
    this.sheets = buildClassSet(app, () => this.takeForSheets());
    const choice = h("section", { class: "panel choice", "aria-label": text("micro.choice") }, this.picker.element);
    root.append(choice, this.map.element, this.map.bar, this.waiting, this.question, this.stage.element, this.lesson,
      this.sheets);
    this.reveal(null);
    this.stage.use(this.network);
    const keys = (/** @type {KeyboardEvent} */ event) => this.key(event);
    addEventListener("keydown", keys);
    this.ends = [app.on("model", () => this.open({})), app.on("theme", () => this.show()),
      () => removeEventListener("keydown", keys), followUndoKeys(this), this.stage.close, this.map.halt];
  }

  /**
   * Take up what the address says.
   * @param {URLSearchParams} params
   */
  async update(params) {
    const ticket = ++this.ticket;
    const { app, app: { model } } = this;
    const edits = readEdits(params, model);
    const stage = chooseStage(params.get("stage"), model, params.has("model"));
    const learned = parseLearned(params.get("learned"));
    const fault = chooseFault(params.get("fault"));
    this.waiting.hidden = Boolean(this.trace) && stage === this.view.stage;
    const asked = await findImage(app, params.get("image") ?? FIRST_IMAGE);
    const found = asked ?? (await findImage(app, FIRST_IMAGE));
    const taken = { ...model, network: await takeStage(app, model, stage) };
    const current = await replay(app, applyEdits(taken, edits).network, learned, fault);
    if (this.many.length === 0) this.many = await takeMany(app);
    if (ticket !== this.ticket || !found) return;
    this.waiting.hidden = true;
    this.network = current;
    this.pixels = found.pixels;
    this.known = found.label !== null;
    const label = found.label ?? parseLabel(params.get("label"));
    const loss = chooseLoss(params.get("loss"), model);
    const rate = parseRate(params.get("rate"), loss, current.config);
    const settings = { loss, learning_rate: rate, fault };
    this.trace = label === null ? null : trace(current, found.pixels, label, settings);
    const steps = listSteps(current.weights.length);
    const step = Math.min(Math.max(Number(params.get("step") ?? 1) - 1 || 0, 0), steps.length - 1);
    const path = this.trace && parsePath(params.get("path"), this.trace);
    const numbers = params.has("numbers");
    if (params.has("sheets")) this.openSheets();
    this.view = { image: found.name, label, stage, loss, rate, fault, step, path, learned, edits, numbers };
    this.stage.openNumbers(numbers);
    this.show();
  }

  /**
   * Change a part of the view.
   * @param {Record<string, string | null>} changes
   */
  open(changes) {
    this.map.halt();
    const params = state.read().params;
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) params.delete(name);
      else params.set(name, value);
    }
    if ("image" in changes) ["path", "label"].forEach((name) => name in changes || params.delete(name));
    if (Object.keys(changes).length > 0) state.step("microscope", params);
    else state.write("microscope", params);
    return this.update(params);
  }

  /**
   * @param {number} step
   * @param {boolean} [isAuto] whether it comes by itself, while the steps are played
   */
  go(step, isAuto = false) {
    const count = listSteps(this.network.weights.length).length;
    if (step < 0 || step >= count || !this.trace) return;
    this.view.step = step;
    this.isStep = !isAuto;
    this.show();
    this.app.announce(this.stage.title.textContent ?? "");
  }

  openSheets() {
    this.sheets.open = true;
    requestAnimationFrame(() => this.sheets.scrollIntoView({ block: "center" }));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (event.altKey || event.ctrlKey || event.metaKey || target?.closest("input, select, [role=tablist]")) return;
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    this.map.halt();
    this.go(this.view.step + (event.key === "ArrowRight" ? 1 : -1));
    event.preventDefault();
  }

  /** Show everything anew, keeping the focus where it is. */
  show() {
    const { view, view: { label }, trace: t, known, app } = this;
    const stages = listStages(app.model);
    this.picker.show(this.pixels, view, this.network.config.output, { known, stages });
    this.reveal(t);
    this.question.hidden = Boolean(t);
    if (!t || label === null) this.ask();
    else this.showUpdate(t, label);
    this.save();
  }

  /** @param {Trace | null} t */
  reveal(t) {
    const parts = [this.map.element, this.map.bar, this.stage.element, this.lesson, this.sheets];
    parts.forEach((part) => void (part.hidden = !t));
  }

  /**
   * @param {Trace} t
   * @param {number} label
   */
  showUpdate(t, label) {
    const { view, network, pixels } = this;
    const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
    const settings = { loss: view.loss, learning_rate: view.rate, fault: view.fault };
    const letters = chooseLetters(t.config);
    const steps = listSteps(letters.length);
    const path = view.path ?? findBusiest(t);
    this.map.show(steps, letters, view.step);
    fill(this.lesson, ...this.lessonParts(t));
    if (network.config !== this.shown.network.config) this.stage.use(network);
    this.stage.show({
      step: steps[view.step], steps, at: view.step, t, path, letters, pixels, flows: view.step !== this.shown.step,
      numeric: (layer, unit, input) => numericGradient(network, pixels, label, settings, layer, unit, input),
      candidates: ({ layer, unit, input }) => candidateLosses(network, pixels, label, settings, layer, unit, input),
      along: (entry) => ({ network, loss: view.loss, rate: view.rate, entry, one: { pixels, label }, many: this.many }),
      apply: () => this.apply(t),
      move: (at, index) => this.follow(path.map((n, k) => (k === at ? index : n))),
      follow: (entry) => this.follow(followWeight(path, entry)),
    });
    this.shown = { step: view.step, network };
    const again = focus && document.querySelector(`[data-focus="${CSS.escape(focus)}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  /** @param {number[]} path */
  follow(path) {
    this.map.halt();
    this.view.path = path;
    this.show();
  }

  /** Nobody knows what a drawing shows but who drew it. */
  ask() {
    const choose = (/** @type {number} */ digit) => h("button", {
      type: "button", onclick: () => this.open({ label: String(digit) }),
    }, digit);
    const { outputs } = this.network.config;
    fill(this.question, h("h2", {}, text("micro.ask")), h("p", {}, text("micro.askWhy")),
      h("div", { class: "row" }, ...Array.from({ length: outputs }, (_, digit) => choose(digit))));
  }

  save() {
    const { image, label, stage, loss, rate, fault, step, path, learned, edits, numbers } = this.view;
    const { model } = this.app;
    const isChosen = state.read().params.has("model");
    const say = this.isStep ? state.step : state.write;
    this.isStep = false;
    say("microscope", {
      image, step: step + 1, path: path && namePath(path), learned: formatLearned(learned),
      ...toParams(edits), label: this.known ? null : label, numbers: numbers ? 1 : null,
      stage: stage === chooseStage(null, model, isChosen) ? null : stage,
      loss: loss === chooseLoss(null, model) ? null : loss,
      rate: rate === parseRate(null, loss, this.network.config) ? null : rate,
      fault: fault === "none" ? null : fault,
    });
  }

  /**
   * What can be done with the update: apply it, and forget those that were.
   * @param {Trace} t
   */
  lessonParts(t) {
    const { learned, image, edits } = this.view;
    const button = (/** @type {string} */ name, /** @type {() => void} */ onclick, kind = "") =>
      h("button", { type: "button", class: kind, "data-focus": name, onclick }, text(`micro.${name}`));
    const isLast = this.view.step === listSteps(this.network.weights.length).length - 1; // it has its own button
    const tested = learned.some((one) => one.image.startsWith("test:")) && image.startsWith("test:");
    return [
      !isEmpty(edits) && h("span", { class: "note" }, text("micro.edited")),
      isLast ? null : button("apply", () => this.apply(t)),
      learned.length > 0 && h("span", { class: "note" }, text("micro.learned", learned.length)),
      learned.length > 0 && button("takeBack", () => this.undo()),
      learned.length > 0 && button("forget", () => this.open({ learned: null }), "plain"),
      tested && h("span", { class: "note" }, text("micro.learnedTest")),
    ];
  }

  /** Take the new weights, and the next image. @param {Trace} t */
  apply(t) {
    const { image, loss, rate, learned } = this.view;
    const { label } = t;
    const [kind, n] = image.split(":");
    const next = kind === "pixels" ? image : `${kind}:${(Number(n) + 1) % (kind === "test" ? 10_000 : 60_000)}`;
    this.network = applyUpdate(t);
    const all = formatLearned([...learned, { image, label, loss, rate }]);
    const step = kind === "pixels" ? String(this.view.step + 1) : "1";
    this.app.announce(text("micro.applied", learned.length + 1));
    return this.open({ image: next, learned: all, step, ...(kind === "pixels" ? { label: String(label) } : {}) });
  }

  /** Take the last update back. */
  undo() {
    const { learned } = this.view;
    const last = learned.at(-1);
    if (!last) return;
    const step = String(this.view.step + 1);
    this.open({ image: last.image, learned: formatLearned(learned.slice(0, -1)) || null, label: String(last.label),
      loss: last.loss, rate: String(last.rate), step });
  }

  redo() {} // the button takes the step again

  /** The update as it is without a fault, because a worksheet is to be right. */
  takeForSheets() {
    const { view: { image, label, loss, rate, path }, network, pixels } = this;
    if (label === null) return null;
    const t = trace(network, pixels, label, { loss, learning_rate: rate });
    return { network, first: { t, path: path ?? findBusiest(t), pixels, image } };
  }

  unmount() {
    this.ticket++;
    this.ends.forEach((end) => end());
  }
}

/**
 * Images whose mean loss is shown beside that of one.
 * @param {App} app
 * @returns {Promise<import("../../core/landscape.js").Sample[]>}
 */
async function takeMany(app) {
  const { images, labels } = await app.test();
  const size = images.length / labels.length;
  return Array.from({ length: MANY }, (_, i) =>
    ({ pixels: images.subarray(i * size, (i + 1) * size), label: labels[i] }));
}

/**
 * The label of a drawing: Draw's answer if it was sure, or the user's; null where nobody has said it.
 * @param {string | null} label
 */
function parseLabel(label) {
  return label !== null && /^\d$/.test(label) ? Number(label) : null;
}

/**
 * @param {string | null} rate
 * @param {string} loss
 * @param {import("../../core/config.js").NetworkConfig} config
 */
function parseRate(rate, loss, config) {
  return Number(rate) > 0 ? Number(rate) : chooseRate(config, makeTrainingConfig(config, { loss }));
}

/**
 * @param {HTMLElement} root
 * @param {App} app
 * @returns {import("../../ui/app.js").Room}
 */
export function mount(root, app) {
  const room = new Microscope(root, app);
  return { update: (params) => void room.update(params), unmount: () => room.unmount() };
}
