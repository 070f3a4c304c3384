/**
 * The room Time machine: a training, moment by moment, as it was; others laid over it; and a fork from any of them.
 */

import { isSealed } from "../../core/checksum.js";
import { write } from "../../core/modelfile.js";
import { COLOURS } from "../../ui/charts.js";
import { buildConfusionMatrix } from "../../ui/confusion-matrix.js";
import { buildChoice } from "../../ui/controls.js";
import { h } from "../../ui/dom.js";
import { download, pickFile } from "../../ui/files.js";
import { buildModelLinks } from "../../ui/links.js";
import { count } from "../../ui/language.js";
import * as state from "../../ui/state.js";
import { explain } from "../../ui/text.js";
import { buildNeuronGrid } from "../../ui/training/neurons.js";
import { formatPlace, openTraining } from "../../ui/training/session.js";
import { DEFAULTS } from "../../ui/training/settings.js";
import { buildCurves, epochsOf } from "./curves.js";
import { MOST, USUAL, buildDigitList } from "./digits.js";
import { buildForkForm, buildOverlayList } from "./fork.js";
import { makeModel, takeMoment } from "./recording-file.js";
import { Examiner, addFile, findAnswer, loadServed, listRecordings } from "./recordings.js";
import { buildScrubber } from "./scrubber.js";

export * as strings from "./strings.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../ui/training/session.js").Recording} Recording */

const MOST_OVER = COLOURS.length - 1;
const EXAMPLE = { subset: "10000", epochs: 5 };

/**
 * @param {HTMLElement} root
 * @param {App} app
 * @returns {import("../../ui/app.js").Room}
 */
export function mount(root, app) {
  const room = new HistoryRoom(root, app);
  return { update: (params) => room.update(params), unmount: () => room.unmount() };
}

class HistoryRoom {
  run = "";
  /** The moment, as the address has it; "" is the last. */
  place = "";
  /** @type {string[]} */
  over = [];
  digits = USUAL;
  /** @type {import("../../core/data.js").Samples | null} */
  test = null;
  waiting = false;
  making = false;
  progress = h("p", { class: "message" });

  /**
   * @param {HTMLElement} root
   * @param {App} app
   */
  constructor(root, app) {
    this.app = app;
    const { text } = app;
    this.examiner = new Examiner(() => this.soon());
    this.scrubber = buildScrubber(text, (index) => this.go(index));
    this.curves = buildCurves(text, (epochs) => this.near(epochs));
    this.neurons = buildNeuronGrid((shown, all) => text("training.neurons.label", shown, all), 64);
    this.matrix = buildConfusionMatrix({ caption: "", is: text("confusion.is"), says: text("confusion.says"),
      cell: (label, said, n) => text("confusion.cell", label, said, n),
      pick: (label, said) => this.pick(label, said) });
    this.list = buildDigitList(text, (index) => this.go(index));
    this.main = buildChoice(text("history.run"), [], (id) => this.choose(id));
    this.others = buildOverlayList(text, (id) => this.overlay(id));
    this.message = h("p", { class: "message", role: "status" });
    this.forking = buildForkForm(text, (rate) => this.fork(rate));
    this.stage = h("div", { class: "stack stage" }, ...this.panels());
    this.empty = this.buildEmpty();
    root.append(h("h2", {}, text("history.title")), h("p", { class: "note" }, text("history.intro")),
      this.message, this.empty, this.stage);
    const training = openTraining(app);
    this.stops = [app.on("runs", () => this.soon()), training.on(() => this.soon()), app.on("theme", () => {
      this.curves.restyle();
      this.list.restyle();
      this.render();
    }), this.examiner.stop.bind(this.examiner), this.scrubber.halt];
    app.test().then((test) => {
      this.test = test;
      this.soon();
    });
  }

  panels() {
    const { text } = this.app;
    const section = (/** @type {string} */ title, /** @type {Node[]} */ ...parts) =>
      h("section", { class: "panel stack" }, h("h3", {}, text(title)), ...parts);
    const [accuracy, losses] = this.curves.elements;
    const buttons = h("div", { class: "row" }, this.button("history.open", () => this.open()),
      this.button("history.save", () => this.save()));
    return [
      h("section", { class: "panel stack" }, h("div", { class: "row apart ends" }, this.main.element, buttons),
        this.others.element, this.scrubber.element,
        h("div", { class: "row" }, ...buildModelLinks(this.app, () => this.moment()))),
      h("div", { class: "two" }, h("section", { class: "panel" }, accuracy), h("section", { class: "panel" }, losses)),
      h("div", { class: "two" },
        h("div", { class: "stack" },
          section("training.neurons", this.neurons.element, buildNote(text("training.neurons.help"))),
          this.forking.element),
        section("training.confusion", this.matrix.element, buildNote(text("history.pick")))),
      section("history.digits", buildNote(text("history.digits.help")), this.list.element,
        h("div", { class: "row" }, this.button("history.usual", () => this.show(USUAL)))),
    ];
  }

  buildEmpty() {
    const { text } = this.app;
    return h("section", { class: "panel stack" }, h("p", {}, text("history.empty")),
      h("div", { class: "row" }, h("button", { type: "button", class: "primary", onclick: () => this.example() },
        text("history.example")), this.button("history.open", () => this.open())),
      this.progress, buildNote(text("history.record")));
  }

  /**
   * @param {string} key
   * @param {() => void} onclick
   */
  button(key, onclick) {
    return h("button", { type: "button", onclick }, this.app.text(key));
  }

  /** @returns {Recording | undefined} */
  get recording() {
    const all = listRecordings(this.app);
    return all.find(({ id }) => id === this.run) ?? all.at(-1);
  }

  /** @param {Recording} recording */
  index({ epochs }) {
    const found = epochs.findIndex((moment) => formatPlace(moment) === this.place);
    return found < 0 ? epochs.length - 1 : found;
  }

  /** @param {URLSearchParams} params */
  update(params) {
    this.run = params.get("run") ?? this.run;
    this.place = params.get("at") ?? this.place;
    this.over = params.get("with")?.split(",").filter(Boolean) ?? this.over;
    const digits = (params.get("digits") ?? "").split(",").filter(Boolean).map(Number);
    if (digits.length && digits.every((row) => Number.isInteger(row) && row >= 0 && row < 10000)) {
      this.digits = digits.slice(0, MOST);
    }
    this.render();
    Promise.all([loadServed(this.app), openTraining(this.app).kept])
      .then(() => this.miss(), (error) => this.note(explain(error), true));
  }

  /** Say so if the training of the address is not here. */
  miss() {
    const missing = this.run !== "" && !listRecordings(this.app).some(({ id }) => id === this.run);
    if (missing) this.note(this.app.text("history.gone"));
    else if (this.message.textContent === this.app.text("history.gone")) this.note("");
  }

  /** Draw soon, and once for all that has changed until then. */
  soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.render();
    });
  }

  render() {
    const { recording, app: { text } } = this;
    this.empty.hidden = Boolean(recording);
    this.stage.hidden = !recording;
    if (!recording) return this.showMaking();
    const index = this.index(recording);
    const moment = recording.epochs[index];
    const others = listRecordings(this.app).filter(({ id }) => id !== recording.id);
    const shown = [recording, ...others.filter(({ id }) => this.over.includes(id)).slice(0, MOST_OVER)];
    this.main.offer(listRecordings(this.app).map(({ id, name }) => [id, name]));
    this.main.show(recording.id);
    this.others.show(others, shown);
    this.scrubber.show(recording.epochs, index);
    this.curves.render(shown, moment);
    this.neurons.draw(moment.weights[0], recording.config.inputs);
    const answer = findAnswer(moment);
    if (answer) this.matrix.update(answer);
    this.matrix.name(answer ? text("history.tested", count(answer.correct), count(answer.samples))
      : text("history.asking"));
    if (this.test) this.list.render(this.test, this.digits, recording.epochs, index);
    this.forking.hint(moment.rate);
    this.examiner.want(shown, moment);
    if (state.read().room === "history") state.write("history", this.params(recording));
  }

  /**
   * @param {Recording} recording
   * @returns {Record<string, string | null>}
   */
  params(recording) {
    const usual = this.digits.join() === USUAL.join();
    return { run: recording.id, at: this.place, with: this.over.join(), digits: usual ? null : this.digits.join() };
  }

  /** @param {string} id */
  overlay(id) {
    this.over = this.over.includes(id) ? this.over.filter((one) => one !== id) : [...this.over, id].slice(-MOST_OVER);
    this.render();
  }

  /** @param {string} id */
  choose(id) {
    this.run = id;
    this.over = this.over.filter((one) => one !== id);
    this.render();
  }

  /** @param {number} index */
  go(index) {
    const epochs = this.recording?.epochs ?? [];
    this.place = index === epochs.length - 1 ? "" : formatPlace(epochs[index]);
    this.run = this.recording?.id ?? "";
    this.render();
  }

  /** @param {number} epochs */
  near(epochs) {
    const away = (this.recording?.epochs ?? []).map((moment) => Math.abs(epochsOf(moment) - epochs));
    this.go(away.indexOf(Math.min(...away)));
  }

  /** @param {number[]} digits */
  show(digits) {
    this.digits = digits;
    this.render();
  }

  /**
   * Look at test digits that are read in one way at this moment.
   * @param {number} label
   * @param {number} said
   */
  pick(label, said) {
    const { recording, test } = this;
    const predictions = recording && findAnswer(recording.epochs[this.index(recording)])?.predictions;
    if (!predictions || !test) return;
    const rows = [...predictions.keys()].filter((row) => test.labels[row] === label && predictions[row] === said);
    this.show(rows.slice(0, MOST));
    this.list.element.scrollIntoView({ block: "nearest", behavior: this.app.reducedMotion ? "auto" : "smooth" });
  }

  /** @param {string} rate "" for the automatic one */
  fork(rate) {
    const { recording } = this;
    if (!recording) return "";
    const training = openTraining(this.app);
    try {
      training.fork(recording, this.index(recording), rate);
      this.app.navigate("train");
      return "";
    } catch (error) {
      return explain(error);
    }
  }

  /** A short training, so that there is something to look at. */
  example() {
    const training = openTraining(this.app);
    training.open({ ...DEFAULTS, subset: EXAMPLE.subset });
    training.play(EXAMPLE.epochs * Number(EXAMPLE.subset));
    this.making = true;
    this.app.announce(this.app.text("history.making"));
    this.render();
  }

  /** What becomes of the short training, beside the button that started it. */
  showMaking() {
    const { status, message, bad } = openTraining(this.app);
    const words = status === "loading" ? "training.loading" : "history.making";
    this.progress.textContent = !this.making ? "" : bad ? message : this.app.text(words);
    this.progress.classList.toggle("bad", bad);
  }

  async open() {
    const file = await pickFile(".safetensors");
    if (!file) return;
    try {
      const bytes = await file.arrayBuffer();
      const { id } = addFile(this.app, file.name.replace(/\.safetensors$/, ""), bytes);
      Object.assign(this, { run: id, place: "" });
      const opened = this.app.text("history.opened", file.name);
      const sealed = isSealed(new Uint8Array(bytes));
      this.note(sealed ? opened : `${opened} ${this.app.text("model.unsealed", file.name)}`);
    } catch (error) {
      this.note(this.app.text("history.bad", file.name, explain(error)), true);
    }
    this.render();
  }

  /** The network of the moment, as a model. */
  moment() {
    const recording = /** @type {Recording} */ (this.recording);
    const moment = recording.epochs[this.index(recording)];
    const name = this.app.text("history.momentName", recording.name, Number(formatPlace(moment)));
    return { model: takeMoment(recording, moment), name };
  }

  save() {
    const { recording } = this;
    if (recording) download(write(makeModel(recording)), `${recording.name.replace(/[^\w.-]+/g, "-")}.safetensors`);
  }

  /**
   * @param {string} message
   * @param {boolean} [bad]
   */
  note(message, bad = false) {
    this.message.textContent = message;
    this.message.classList.toggle("bad", bad);
  }

  unmount() {
    this.stops.forEach((stop) => stop());
    this.curves.destroy();
  }
}

/** @param {string} words */
const buildNote = (words) => h("p", { class: "note" }, words);
