/**
 * The room "Draw": a sheet to draw on, what the network receives of it, what it says, and why.
 */

import { decide, predict } from "../../core/calibration.js";
import { frameDigit } from "../../core/thicken.js";
import { STILL, distort } from "../../core/distort.js";
import { forward } from "../../core/network.js";
import { fill, h } from "../../ui/dom.js";
import { pickFile } from "../../ui/files.js";
import { fixed, signed } from "../../ui/format.js";
import { findImage, nameImage as imageName } from "../../ui/images.js";
import { SIDE, renderInk } from "../../ui/ink.js";
import { count } from "../../ui/language.js";
import { buildFold } from "../../ui/later.js";
import { buildNetworkView } from "../../ui/network/view.js";
import * as state from "../../ui/state.js";
import { explain } from "../../ui/text.js";
import { buildUndo, followUndoKeys } from "../../ui/undo.js";
import { buildBars } from "./bars.js";
import { findDecisive, findSent } from "./connections.js";
import { buildDecision } from "./decision.js";
import { buildDigits } from "./digits.js";
import { buildDrawingCanvas } from "./drawing-canvas.js";
import {
  applyEdits, findPlace, isEmpty, isSame, nameNeuron, readEdits, shiftBias, switchOff, toParams,
} from "../../ui/edits.js";
import { buildInspector } from "./inspector.js";
import { buildMeasure } from "./measure.js";
import { readInk } from "./photo.js";
import { drawConnections, lightNeurons } from "./scene.js";
import { buildRobustness, isStill, readDistortion, writeDistortion } from "./robust.js";
import { decode, encode } from "./strokes.js";

export * as strings from "./strings.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../ui/edits.js").Edits} Edits */
/** @typedef {import("../../ui/edits.js").Place} Place */
/**
 * What there is to see: the picture's name and pixels (null: nothing there), its label if known, the chosen neuron,
 * what was changed in the network, and how the picture is distorted.
 * @typedef {{image: string, pixels: Uint8Array | null, label: number | null, place: Place | null, edits: Edits,
 *   distortion: import("../../core/distort.js").Distortion}} View
 */

/** @typedef {import("../../ui/ink.js").Stroke} Stroke */
/** What can be gone back to. @typedef {{image: string, strokes: Stroke[], edits: Edits}} Sheet */

const BLANK = new Uint8Array(784);

class Draw {
  /**
   * @param {HTMLElement} root
   * @param {App} app
   */
  constructor(root, app) {
    this.app = app;
    /** @type {View} */
    this.view = { image: "", pixels: null, label: null, place: null, edits: { off: [], bias: [] }, distortion: STILL };
    this.frameWanted = 0;
    this.ticket = 0;
    this.pad = buildDrawingCanvas((strokes, resting) => this.drawn(strokes, resting), () => this.undo());
    this.changes = /** @type {ReturnType<typeof buildUndo<Sheet>>} */ (buildUndo());
    /** The last one at rest. @type {Sheet | null} */
    this.sheet = null;
    /** Whether what comes next is a step that the browser's Back takes back. */
    this.isStep = false;
    this.network = buildNetworkView({ choose: (place) => this.choose(place), label: app.text("draw.network") });
    this.bars = buildBars(10, (unit) => this.choose({ layer: this.last, unit }));
    this.decision = buildDecision();
    this.digits = buildDigits((image) => this.stepTo(`test:${image}`));
    this.inspector = buildInspector({
      switchOff: (place, off) => this.change(switchOff(this.view.edits, place, off)),
      shift: (place, shift) => this.change(shiftBias(this.view.edits, place, shift)),
      close: () => this.view.place && this.choose(this.view.place),
    });
    this.measure = buildMeasure(app, (measured) => this.measured(measured), (mapped) => this.map?.show(mapped));
    /** Once it is opened. @type {import("./layer-map.js").Map | null} */
    this.map = null;
    const folded = { class: "panel layer-map-panel", "data-explain": "map" };
    this.mapFold = buildFold(folded, app.text("map.title"), () => this.loadMap());
    /** Once the model has read them. @type {import("./layer-map.js").Data | null} */
    this.data = null;
    /** What the picture makes of the network. @type {import("../../core/network.js").Pass | null} */
    this.pass = null;
    this.robust = buildRobustness((distortion, resting) => {
      this.view.distortion = distortion;
      this.see(resting);
    });
    this.legend = h("p", { class: "note", "data-explain": "connections", tabindex: "0" });
    this.accuracy = h("p", { class: "accuracy" }, app.text("draw.measuring"));
    this.failure = h("p", { class: "failure-line", role: "alert" });
    const undo = () => this.undoChanges();
    this.reset = h("button", { type: "button", hidden: true, onclick: undo }, app.text("draw.reset"));
    this.onward = h("button", { type: "button", class: "plain", onclick: () => this.goOn() },
      app.text("draw.microscope"), " →");
    root.append(this.left(), this.right(), h("section", { class: "panel draw-digits" }, this.digits.element));
    this.network.use(app.model.network);
    this.ends = [app.on("model", () => this.renew()), app.on("theme", () => this.repaint()),
      followUndoKeys(this), this.pad.close, this.network.close, this.measure.close, () => this.map?.close()];
  }

  /** The output layer. */
  get last() {
    return this.app.model.network.biases.length - 1;
  }

  /** What the network receives: the picture with its distortion. */
  get received() {
    const { pixels, distortion } = this.view;
    return pixels && distort(pixels, distortion);
  }

  /**
   * @param {import("../../core/modelfile.js").Model} model
   * @param {Uint8Array} pixels
   */
  read(model, pixels) {
    const { probabilities } = predict(model, pixels);
    return probabilities.indexOf(Math.max(...probabilities));
  }

  left() {
    const { app, pad } = this;
    const choose = async () => this.openFile(await pickFile("image/*"));
    const open = h("button", { type: "button", onclick: choose }, app.text("draw.open"));
    const left = h("section", { class: "panel stack draw-sheet", "aria-label": app.text("room.draw") },
      pad.sheet, pad.tools, h("div", { class: "row" }, open), this.failure);
    acceptDrops(left, (file) => this.openFile(file));
    return left;
  }

  right() {
    const { decision, onward, network, bars, legend, accuracy, reset, inspector } = this;
    const answer = h("section", { class: "panel stack draw-net", "aria-label": this.app.text("draw.answer") },
      h("div", { class: "row apart" }, decision.element, onward),
      h("div", { class: "net-row" }, network.element, bars.element),
      legend, h("div", { class: "row apart" }, accuracy, reset));
    return h("div", { class: "stack draw-right" }, answer, inspector.element,
      this.robust.element, this.mapFold.element);
  }

  /**
   * A line grows, or is done.
   * @param {import("../../ui/ink.js").Stroke[]} strokes
   * @param {boolean} resting
   */
  drawn(strokes, resting) {
    this.ticket++;
    cancelAnimationFrame(this.frameWanted);
    const look = () => {
      const ink = renderInk(strokes);
      const pixels = ink.some((value) => value > 0) ? frameDigit(ink, SIDE, SIDE) : null;
      Object.assign(this.view, { image: pixels ? `ink:${encode(strokes)}` : "", pixels, label: null });
      this.see(resting);
    };
    if (resting) look();
    else this.frameWanted = requestAnimationFrame(look);
  }

  /** Look inside a neuron, or stop looking. @param {Place} place */
  choose(place) {
    const { view, inspector } = this;
    this.isStep = true;
    view.place = isSame(view.place, place) ? null : place;
    this.see(true);
    const isNarrow = matchMedia("(max-width: 60rem)").matches;
    if (view.place && isNarrow) inspector.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {Edits} edits */
  change(edits) {
    this.view.edits = edits;
    this.see(true);
    this.measure.ask(edits);
  }

  undoChanges() {
    this.inspector.forget();
    this.change({ off: [], bias: [] });
  }

  undo() {
    if (this.sheet) this.restore(this.changes.undo(this.sheet));
  }

  redo() {
    if (this.sheet) this.restore(this.changes.redo(this.sheet));
  }

  /** @param {Sheet | undefined} sheet */
  restore(sheet) {
    if (!sheet) return;
    this.sheet = sheet;
    this.view.edits = sheet.edits;
    this.inspector.forget();
    this.measure.ask(sheet.edits);
    this.open(sheet.image, sheet.strokes);
  }

  /** Remember what was before, if anything but the looking has changed. */
  remember() {
    const { view: { image, edits }, sheet, pad: { strokes } } = this;
    const isNew = !sheet || sheet.image !== image || JSON.stringify(sheet.edits) !== JSON.stringify(edits);
    if (isNew && sheet && !isSameSlider(sheet, { image, edits })) this.changes.remember(sheet);
    if (isNew) this.sheet = { image, strokes, edits };
    this.pad.allowUndo(!this.changes.isEmpty);
  }

  /** Show everything anew. @param {boolean} resting whether the picture is done, and worth an announcement */
  see(resting) {
    const { view, app } = this;
    const { place, edits } = view;
    const pixels = this.received;
    const now = applyEdits(app.model, edits);
    const pass = forward(now.network, pixels ?? BLANK);
    const prediction = pixels && predict(now, pixels);
    const best = prediction ? prediction.probabilities.indexOf(Math.max(...prediction.probabilities)) : -1;
    const target = place ?? { layer: this.last, unit: best };
    const connections = prediction
      ? [...findDecisive(now.network, pass, target), ...(place ? findSent(now.network, pass, place) : [])]
      : [];
    this.network.show({
      pixels: pixels ?? BLANK, lights: lightNeurons(pass, edits.off), lines: drawConnections(connections),
      chosen: place ? [place] : [],
    });
    const chosen = place?.layer === this.last ? place.unit : -1;
    this.bars.show(prediction?.probabilities ?? null, { best, chosen });
    const says = this.decision.show(now, prediction, view.label);
    const legend = !prediction ? "draw.legendEmpty" : place && chosen < 0 ? "draw.legendNeuron" : "draw.legend";
    this.legend.textContent = app.text(legend, target.unit);
    this.inspector.show(place && { place, model: app.model, now, pass, edits });
    this.robust.show(view.pixels, view.distortion, (picture) => this.read(now, picture), resting);
    this.pass = pixels && pass;
    this.map?.mark(this.pass);
    this.reset.hidden = isEmpty(edits);
    this.onward.hidden = !pixels;
    this.digits.show(view.image.startsWith("test:") ? Number(view.image.slice(5)) : null);
    if (!resting) return;
    this.remember();
    this.save();
    app.announce(says);
  }

  save() {
    const { image, place, edits, distortion } = this.view;
    const say = this.isStep ? state.step : state.write;
    this.isStep = false;
    say("draw", { image, neuron: place && nameNeuron(place), ...toParams(edits), ...writeDistortion(distortion) });
  }

  /** Show another image, as a step that can be gone back. @param {string} name */
  stepTo(name) {
    this.isStep = true;
    return this.open(name);
  }

  /**
   * Show an image by its name.
   * @param {string} name
   * @param {import("../../ui/ink.js").Stroke[]} [strokes] as exact as they were drawn
   */
  async open(name, strokes = decode(name.slice(4))) {
    const ticket = ++this.ticket;
    if (name.startsWith("ink:") || name === "") {
      this.pad.showStrokes(strokes);
      this.drawn(strokes, true);
      return;
    }
    const found = await findImage(this.app, name);
    if (ticket !== this.ticket) return;
    const { pixels = null, label = null } = found ?? {};
    Object.assign(this.view, { image: found ? name : "", pixels, label });
    if (found) this.pad.showPicture(found.pixels);
    else this.pad.showStrokes([]);
    this.see(true);
  }

  /** Show a picture file. @param {File | null | undefined} file */
  async openFile(file) {
    if (!file) return;
    try {
      const { ink, width, height } = await readInk(file);
      await this.stepTo(imageName(frameDigit(ink, width, height)));
      fill(this.failure);
    } catch (error) {
      fill(this.failure, this.app.text("draw.openFailed", file.name, explain(error)));
    }
  }

  /** Take the image to the microscope, and with it the network that answered and, if it was sure, its answer. */
  goOn() {
    const { app, received: pixels, view: { image, label, edits, distortion } } = this;
    if (!pixels) return;
    const now = applyEdits(app.model, edits);
    const { decision, digit } = decide(now, predict(now, pixels));
    const own = { image: imageName(pixels), label: label ?? (decision === "digit" ? digit : null) };
    const isOwn = label === null || !isStill(distortion);
    app.navigate("microscope", { ...(isOwn ? own : { image }), model: app.modelId, ...toParams(edits) });
  }

  /** @param {import("./measure.js").Measured} measured */
  measured({ before, after, count: total, answers, labels }) {
    const { app, digits, accuracy, view } = this;
    digits.use(answers, labels);
    app.test().then(({ images }) => {
      this.data = { images, labels, answers };
      this.map?.know(this.data);
    });
    const [all, right, unchanged] = [total, after, before].map(count);
    const share = fixed((100 * after) / total, 2);
    fill(accuracy, isEmpty(view.edits)
      ? app.text("draw.accuracy", right, all, share)
      : app.text("draw.accuracyChanged", right, all, share, unchanged, signed(after - before, 0)));
  }

  async loadMap() {
    const { buildLayerMap } = await import("./layer-map.js");
    this.map = buildLayerMap({ ask: this.measure.askMap, open: (image) => this.open(`test:${image}`) });
    this.map.use(this.app.model);
    this.map.mark(this.pass);
    if (this.data) this.map.know(this.data);
    return this.map;
  }

  /** Another model: what was changed in the old one has no meaning in it. */
  renew() {
    Object.assign(this.view, { edits: { off: [], bias: [] }, place: null });
    this.changes = /** @type {ReturnType<typeof buildUndo<Sheet>>} */ (buildUndo());
    this.sheet = null;
    fill(this.accuracy, this.app.text("draw.measuring"));
    this.inspector.forget();
    this.network.use(this.app.model.network);
    this.data = null;
    this.map?.use(this.app.model);
    this.see(true);
    this.measure.ask(this.view.edits);
  }

  repaint() {
    this.network.rebuild();
    this.pad.repaint();
    this.map?.repaint();
    this.see(false);
  }

  /** Take up what the address says. @param {URLSearchParams} params */
  update(params) {
    this.view.edits = readEdits(params, this.app.model);
    this.view.place = findPlace(params.get("neuron"), this.app.model);
    this.view.distortion = readDistortion(params);
    this.inspector.forget();
    this.measure.ask(this.view.edits);
    return this.open(params.get("image") ?? "");
  }

  unmount() {
    this.ticket++;
    this.ends.forEach((end) => end());
  }
}

/**
 * Whether two states differ by how far one bias was moved, as while a slider moves.
 * @param {Pick<Sheet, "image" | "edits">} a
 * @param {Pick<Sheet, "image" | "edits">} b
 */
function isSameSlider(a, b) {
  const [p, q] = [a.edits.bias, b.edits.bias].map((bias) => bias.map(nameNeuron).join());
  return a.image === b.image && p === q && p !== "" && JSON.stringify(a.edits.off) === JSON.stringify(b.edits.off);
}

/**
 * Picture files can be dropped here.
 * @param {HTMLElement} element
 * @param {(file: File | undefined) => void} take
 */
function acceptDrops(element, take) {
  element.addEventListener("dragover", (event) => {
    event.preventDefault();
    element.classList.add("dropping");
  });
  element.addEventListener("dragleave", () => element.classList.remove("dropping"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("dropping");
    take(event.dataTransfer?.files[0]);
  });
}

/**
 * @param {HTMLElement} root
 * @param {App} app
 * @returns {import("../../ui/app.js").Room}
 */
export function mount(root, app) {
  const room = new Draw(root, app);
  return { update: (params) => void room.update(params), unmount: () => room.unmount() };
}
