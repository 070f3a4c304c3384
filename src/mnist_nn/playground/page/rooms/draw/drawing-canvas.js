/**
 * The sheet to draw on: mouse, finger and pen, undo, clear, and how thick the line is.
 */

import { h } from "../../ui/dom.js";
import { drawStrokes } from "../../ui/ink.js";
import { drawImage } from "../../ui/pixels.js";
import { text } from "../../ui/text.js";
import { readColour } from "../../ui/theme.js";
import { extend, makePoint } from "./strokes.js";

/** @typedef {import("../../ui/ink.js").Stroke} Stroke */
/** @typedef {(strokes: Stroke[], resting: boolean) => void} Changed called while a line grows, and when it is done */

const WIDTH = 0.085; // of the sheet: as thick as MNIST's lines, for a digit that fills most of it

class DrawingCanvas {
  /**
   * @param {Changed} changed
   * @param {() => void} undo
   */
  constructor(changed, undo) {
    this.changed = changed;
    /** @type {Stroke[]} */
    this.strokes = [];
    /** @type {Stroke | null} */
    this.growing = null;
    /** @type {Uint8Array | null} */
    this.shown = null;
    this.canvas = h("canvas", { class: "sheet-ink", "aria-hidden": "true" });
    this.picture = h("canvas", { class: "sheet-picture", hidden: true, "aria-hidden": "true" });
    this.hint = h("p", { class: "sheet-hint" }, text("draw.hint"));
    const label = text("draw.sheet");
    this.sheet = h("div", { class: "sheet", role: "img", "aria-label": label }, this.picture, this.canvas, this.hint);
    this.thickness = h("input", { type: "range", min: 4, max: 16, step: 0.5, value: 100 * WIDTH, id: "thickness" });
    this.undo = h("button", { type: "button", title: text("draw.undo.help"), onclick: undo }, text("draw.undo"));
    this.tools = h("div", { class: "row pad-tools", "data-explain": "sheet" },
      this.undo,
      h("button", { type: "button", onclick: () => this.take([]) }, text("draw.clear")),
      h("label", { class: "thickness", for: "thickness" }, text("draw.thickness"), this.thickness));
    this.sheet.addEventListener("pointerdown", (event) => this.begin(event));
    this.sheet.addEventListener("pointermove", (event) => this.grow(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.sheet.addEventListener(name, () => this.end());
    }
    const observer = new ResizeObserver(() => this.paint());
    observer.observe(this.sheet);
    this.close = () => observer.disconnect();
  }

  /** Where the pointer is, and how wide it draws. @param {PointerEvent} event */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const width = (Number(this.thickness.value) / 100) * (event.pointerType === "pen" ? 0.5 + event.pressure : 1);
    return makePoint((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, width);
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (event.button !== 0 || this.growing) return;
    event.preventDefault();
    this.strokes = [...this.strokes]; // those that are remembered stay as they are
    this.sheet.setPointerCapture(event.pointerId);
    this.growing = [this.at(event)];
    this.show([...this.strokes, this.growing]);
    this.changed(this.strokes, false);
  }

  /** @param {PointerEvent} event */
  grow(event) {
    if (!this.growing) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) extend(this.growing, this.at(one));
    this.paint();
    this.changed(this.strokes, false);
  }

  end() {
    if (!this.growing) return;
    this.growing = null;
    this.changed(this.strokes, true);
  }

  /** @param {Stroke[]} strokes */
  take(strokes) {
    this.show(strokes);
    this.changed(strokes, true);
  }

  /**
   * Show strokes, or a picture in their place.
   * @param {Stroke[]} strokes
   * @param {Uint8Array | null} [pixels]
   */
  show(strokes, pixels = null) {
    this.strokes = strokes;
    this.shown = pixels;
    this.picture.hidden = !pixels;
    this.hint.hidden = strokes.length > 0 || pixels !== null;
    this.paint();
  }

  /** Draw as sharp as the screen is. */
  paint() {
    if (this.shown) drawImage(this.picture, this.shown);
    const side = Math.max(1, Math.round(this.canvas.clientWidth * devicePixelRatio));
    this.canvas.width = side;
    this.canvas.height = side;
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.strokeStyle = `rgb(${readColour("--pen").join(" ")})`;
    drawStrokes(context, this.strokes, side);
  }
}

/**
 * @param {Changed} changed
 * @param {() => void} undo
 */
export function buildDrawingCanvas(changed, undo) {
  const pad = new DrawingCanvas(changed, undo);
  return {
    sheet: pad.sheet,
    tools: pad.tools,
    get strokes() {
      return pad.strokes;
    },
    /** @param {boolean} is whether there is something to take back */
    allowUndo: (is) => void (pad.undo.disabled = !is),
    /** @param {Stroke[]} strokes */
    showStrokes: (strokes) => pad.show(strokes),
    /** @param {Uint8Array} pixels instead of a drawing */
    showPicture: (pixels) => pad.show([], pixels),
    repaint: () => pad.paint(),
    close: pad.close,
  };
}
