/**
 * The room "Microscope": one update of one image, forward and backward, every number open.
 */

import { argmax } from "../../core/activations.js";
import { chooseRate, makeTrainingConfig } from "../../core/config.js";
import { forward } from "../../core/network.js";
import { candidateLosses, numericGradient, trace } from "../../core/trace.js";
import { fill, h } from "../../ui/dom.js";
import { download } from "../../ui/files.js";
import { findImage } from "../../ui/images.js";
import * as state from "../../ui/state.js";
import { text } from "../../ui/text.js";
import { applyUpdate, chooseLoss, formatLearned, parseLearned, replay } from "./lesson.js";
import { buildMap } from "./map.js";
import { findBusiest, namePath, parsePath } from "./path.js";
import { buildPicker } from "./picker.js";
import { showStep } from "./stage.js";
import { listSteps } from "./steps.js";
import { chooseLetters } from "./symbols.js";
import { writeWorksheet } from "./worksheet.js";

export * as strings from "./strings.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../core/trace.js").Trace} Trace */

const FIRST_IMAGE = "test:8"; // one that is hard to read, so that there is something to learn

class Microscope {
  /**
   * @param {HTMLElement} root
   * @param {App} app
   */
  constructor(root, app) {
    this.app = app;
    this.network = app.model.network;
    /** What the address says: image, label, loss, rate, step, path, learned. */
    this.view = {
      image: FIRST_IMAGE, label: 0, loss: "classic_mse", rate: 0.03, step: 0,
      path: /** @type {number[] | null} */ (null), learned: parseLearned(null),
    };
    /** @type {Uint8Array} */
    this.pixels = new Uint8Array(784);
    this.known = false;
    /** @type {Trace | null} */
    this.trace = null;
    this.ticket = 0;
    this.picker = buildPicker({
      image: (image) => this.open({ image }),
      label: (label) => this.open({ label: String(label) }),
      loss: (loss) => this.open({ loss, rate: null }),
      rate: (rate) => this.open({ rate: String(rate) }),
    });
    this.map = buildMap((step) => this.go(step));
    this.stage = h("div", { class: "step" });
    this.lesson = h("section", { class: "panel row lesson", "aria-label": text("micro.apply") });
    const choice = h("section", { class: "panel", "aria-label": text("micro.choice") }, this.picker.element);
    root.append(choice, this.map.element, this.map.bar, this.stage, this.lesson);
    const keys = (/** @type {KeyboardEvent} */ event) => this.key(event);
    addEventListener("keydown", keys);
    this.ends = [app.on("model", () => this.open({})), app.on("theme", () => this.show()),
      () => removeEventListener("keydown", keys)];
  }

  /**
   * Take up what the address says.
   * @param {URLSearchParams} params
   */
  async update(params) {
    const ticket = ++this.ticket;
    const { network } = this.app.model;
    const learned = parseLearned(params.get("learned"));
    const asked = await findImage(this.app, params.get("image") ?? FIRST_IMAGE);
    const found = asked ?? (await findImage(this.app, FIRST_IMAGE));
    const current = await replay(this.app, network, learned);
    if (ticket !== this.ticket || !found) return;
    this.network = current;
    this.pixels = found.pixels;
    this.known = found.label !== null;
    const label = found.label ?? chooseLabel(params, current, found.pixels);
    const loss = chooseLoss(params.get("loss"), this.app.model);
    const rate = parseRate(params.get("rate"), loss, network.config);
    this.trace = trace(current, found.pixels, label, { loss, learning_rate: rate });
    const steps = listSteps(network.weights.length);
    const step = Math.min(Math.max(Number(params.get("step") ?? 1) - 1 || 0, 0), steps.length - 1);
    const path = parsePath(params.get("path"), this.trace);
    this.view = { image: found.name, label, loss, rate, step, path, learned };
    this.show();
  }

  /**
   * Change a part of the view.
   * @param {Record<string, string | null>} changes
   */
  open(changes) {
    const params = state.read().params;
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) params.delete(name);
      else params.set(name, value);
    }
    if ("image" in changes) ["path", "label"].forEach((name) => params.delete(name));
    state.write("microscope", params);
    return this.update(params);
  }

  /** @param {number} step */
  go(step) {
    const count = listSteps(this.network.weights.length).length;
    if (step < 0 || step >= count) return;
    this.view.step = step;
    this.show();
    this.app.announce(this.stage.querySelector("h2")?.textContent ?? "");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (event.altKey || event.ctrlKey || event.metaKey || target?.closest("input, select, [role=tablist]")) return;
    if (event.key === "ArrowRight") this.go(this.view.step + 1);
    else if (event.key === "ArrowLeft") this.go(this.view.step - 1);
    else return;
    event.preventDefault();
  }

  /** Show everything anew, keeping the focus where it is. */
  show() {
    const t = this.trace;
    if (!t) return;
    const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
    const { view, network, pixels } = this;
    const settings = { loss: view.loss, learning_rate: view.rate };
    const letters = chooseLetters(t.config);
    const steps = listSteps(letters.length);
    const path = view.path ?? findBusiest(t);
    this.picker.show(pixels, view, t.config.output, this.known);
    this.map.show(steps, letters, view.step);
    fill(this.lesson, ...this.lessonParts(t));
    showStep(this.stage, {
      step: steps[view.step], t, path, letters,
      numeric: (layer, unit, input) => numericGradient(network, pixels, view.label, settings, layer, unit, input),
      candidates: (layer, unit, input) => candidateLosses(network, pixels, view.label, settings, layer, unit, input),
      apply: () => this.apply(t),
      move: (at, index) => {
        view.path = path.map((n, k) => (k === at ? index : n));
        this.show();
      },
    });
    this.save();
    const again = focus && document.querySelector(`[data-focus="${CSS.escape(focus)}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  save() {
    const { image, label, loss, rate, step, path, learned } = this.view;
    const usual = chooseLoss(null, this.app.model);
    state.write("microscope", {
      image, step: step + 1, path: path && namePath(path), learned: formatLearned(learned),
      label: this.known ? null : label, loss: loss === usual ? null : loss,
      rate: rate === parseRate(null, loss, this.network.config) ? null : rate,
    });
  }

  /**
   * What can be done with the update: apply it, print it.
   * @param {Trace} t
   */
  lessonParts(t) {
    const { learned, image } = this.view;
    const button = (/** @type {string} */ name, /** @type {() => void} */ onclick, kind = "") =>
      h("button", { type: "button", class: kind, "data-focus": name, onclick }, text(`micro.${name}`));
    const isLast = this.view.step === listSteps(this.network.weights.length).length - 1; // it has its own button
    const tested = learned.some((one) => one.image.startsWith("test:")) && image.startsWith("test:");
    return [
      isLast ? null : button("apply", () => this.apply(t)),
      button("print", () => this.print(t)),
      learned.length > 0 && h("span", { class: "note" }, text("micro.learned", learned.length)),
      learned.length > 0 && button("forget", () => this.open({ learned: null }), "plain"),
      tested && h("span", { class: "note" }, text("micro.learnedTest")),
    ];
  }

  /** Take the new weights, and the next image. @param {Trace} t */
  apply(t) {
    const { image, label, loss, rate, learned } = this.view;
    const [kind, n] = image.split(":");
    const next = kind === "pixels" ? image : `${kind}:${(Number(n) + 1) % (kind === "test" ? 10_000 : 60_000)}`;
    this.network = applyUpdate(t);
    const all = formatLearned([...learned, { image, label, loss, rate }]);
    const step = kind === "pixels" ? String(this.view.step + 1) : "1";
    this.app.announce(text("micro.applied", learned.length + 1));
    return this.open({ image: next, learned: all, step, ...(kind === "pixels" ? { label: String(label) } : {}) });
  }

  /** @param {Trace} t */
  print(t) {
    const page = writeWorksheet(t, this.view.path ?? findBusiest(t), this.pixels, document.documentElement.lang);
    download(page, "backpropagation-worksheet.html", "text/html");
  }

  unmount() {
    this.ticket++;
    this.ends.forEach((end) => end());
  }
}

/**
 * The label that the user gives a drawing; first the network's own answer.
 * @param {URLSearchParams} params
 * @param {import("../../core/network.js").Network} network
 * @param {Uint8Array} pixels
 */
function chooseLabel(params, network, pixels) {
  const given = Number(params.get("label") ?? NaN);
  if (Number.isInteger(given) && given >= 0 && given < network.config.outputs) return given;
  return argmax(/** @type {Float64Array} */ (forward(network, pixels).z.at(-1)));
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
