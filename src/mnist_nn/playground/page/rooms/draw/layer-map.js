/**
 * A map of a layer: the test digits where the layer's activations put them, seen along the two directions in which they
 * differ most. Digits that the layer holds to be alike lie together. Loaded when it is first opened.
 */

import { project } from "../../core/pca.js";
import { fill, h } from "../../ui/dom.js";
import { percent } from "../../ui/format.js";
import { count } from "../../ui/language.js";
import { drawImage } from "../../ui/pixels.js";
import { text } from "../../ui/text.js";
import { readColour } from "../../ui/theme.js";

/** @typedef {import("./measure.js").Mapped} Mapped */
/** @typedef {import("../../core/network.js").Pass} Pass */
/** @typedef {import("../../core/modelfile.js").Model} Model */
/** @typedef {{ask: (map: import("./measure.js").Wanted) => void, open: (image: number) => void}} On */
/** @typedef {ReturnType<typeof buildLayerMap>} Map */
/** @typedef {{images: Uint8Array, labels: Uint8Array, answers: Uint8Array}} Data test digits as the model reads them */

const COUNT = 1000; // test digits
const MARGIN = 12; // pixels
const NEAR = 24; // pixels from the pointer, within which a digit is meant
const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class LayerMap {
  /** @type {Mapped | null} */
  mapped = null;
  /** @type {Data | null} */
  data = null;
  /** @type {Pass | null} */
  own = null;
  /** @type {number | null} */
  shown = null;
  layer = 0;

  /** @param {On} on */
  constructor(on) {
    this.on = on;
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.field = h("div", { class: "layer-map", tabindex: 0, role: "img", "aria-label": text("map.label"),
      onpointermove: (/** @type {PointerEvent} */ event) => this.point(event),
      onpointerdown: (/** @type {PointerEvent} */ event) => this.point(event),
      ondblclick: () => this.open(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) }, this.canvas);
    this.choice = h("select", { id: "map-layer", onchange: () => this.choose(Number(this.choice.value)) });
    this.picture = h("canvas", { class: "digit pixels", width: 28, height: 28, "aria-hidden": "true" });
    this.words = h("p", { class: "note", role: "status" }, text("map.hint"));
    this.take = h("button", { type: "button", hidden: true, onclick: () => this.open() }, text("map.open"));
    this.shares = h("p", { class: "note" });
    this.content = this.build();
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.field);
  }

  build() {
    return h("div", { class: "stack" },
      h("div", { class: "row" }, h("label", { for: "map-layer" }, text("map.layer")), this.choice),
      h("div", { class: "layer-map-row" }, this.field,
        h("div", { class: "stack" }, this.picture, this.words, this.take)),
      this.shares);
  }

  get isOpen() {
    return Boolean(this.content.closest("details")?.open);
  }

  /** @param {number} layer */
  choose(layer) {
    this.layer = layer;
    this.mapped = null;
    this.choice.value = String(layer);
    if (this.isOpen && this.data) this.on.ask({ layer, count: COUNT });
  }

  /** Another network: its last hidden layer first. @param {Model} model */
  use({ network: { config } }) {
    const layers = [...config.hidden.keys()];
    const name = (/** @type {number} */ k) =>
      (layers.length === 1 ? text("map.hiddenOnly") : text("map.hidden", k + 1));
    fill(this.choice, h("option", { value: -1 }, text("map.pixels")),
      ...layers.map((k) => h("option", { value: k }, name(k))));
    this.shown = this.data = null; // until it has read the test digits
    this.choose(layers.length - 1);
  }

  /** @param {Mapped} mapped */
  show(mapped) {
    if (mapped.map.layer !== this.layer) return;
    this.mapped = mapped;
    const [first, second] = mapped.components.shares;
    this.shares.textContent = text("map.shares", percent(first + second), count(COUNT));
    this.paint();
  }

  /** Where a point lies in the field. */
  scale() {
    const { points } = /** @type {Mapped} */ (this.mapped);
    const [width, height] = [this.field.clientWidth, this.field.clientHeight];
    const range = (/** @type {number} */ axis) => {
      const values = points.filter((_, i) => i % 2 === axis);
      return [Math.min(...values), Math.max(...values)];
    };
    const [[left, right], [low, high]] = [range(0), range(1)];
    return (/** @type {number} */ x, /** @type {number} */ y) => [
      MARGIN + ((x - left) / (right - left || 1)) * (width - 2 * MARGIN),
      height - MARGIN - ((y - low) / (high - low || 1)) * (height - 2 * MARGIN),
    ];
  }

  paint() {
    const { mapped, data, canvas, field } = this;
    const context = canvas.getContext("2d");
    if (!mapped || !data || !context || !field.clientWidth) return;
    canvas.width = field.clientWidth * devicePixelRatio;
    canvas.height = field.clientHeight * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    const at = this.scale();
    const colours = Array.from({ length: 10 }, (_, digit) => `rgb(${readColour(`--class-${digit}`).join(" ")})`);
    Object.assign(context, { font: "10px sans-serif", textAlign: "center", textBaseline: "middle" });
    for (let i = 0; i < COUNT; i++) {
      const [x, y] = at(mapped.points[2 * i], mapped.points[2 * i + 1]);
      context.fillStyle = colours[data.labels[i]];
      context.fillText(String(data.labels[i]), x, y);
      if (data.answers[i] !== data.labels[i]) ring(context, x, y, 7, colours[data.labels[i]], 1);
    }
    const ink = `rgb(${readColour("--ink").join(" ")})`;
    if (this.shown !== null) ring(context, ...this.spot(at, this.shown), 9, ink, 2);
    if (this.own) this.markOwn(context, at, this.own, ink);
  }

  /**
   * @param {ReturnType<LayerMap["scale"]>} at
   * @param {number} image
   * @returns {[number, number]}
   */
  spot(at, image) {
    const { points } = /** @type {Mapped} */ (this.mapped);
    return /** @type {[number, number]} */ (at(points[2 * image], points[2 * image + 1]));
  }

  /**
   * The picture on the sheet, among the others.
   * @param {CanvasRenderingContext2D} context
   * @param {ReturnType<LayerMap["scale"]>} at
   * @param {Pass} pass
   * @param {string} ink
   */
  markOwn(context, at, pass, ink) {
    const { components } = /** @type {Mapped} */ (this.mapped);
    const [x, y] = at(.../** @type {[number, number]} */ (project(components, pass.a[this.layer + 1])));
    const inside = (/** @type {number} */ value, /** @type {number} */ size) => Math.min(Math.max(value, 6), size - 6);
    const spot = [inside(x, this.field.clientWidth), inside(y, this.field.clientHeight)];
    context.fillStyle = ink;
    context.fillRect(spot[0] - 5, spot[1] - 5, 10, 10);
  }

  /** The picture on the sheet; null if there is none. @param {Pass | null} pass */
  mark(pass) {
    this.own = pass;
    if (this.isOpen) this.paint();
  }

  /** @param {PointerEvent} event */
  point({ offsetX, offsetY }) {
    if (!this.mapped) return;
    const at = this.scale();
    const found = this.nearest((image) => {
      const [x, y] = this.spot(at, image);
      return Math.hypot(x - offsetX, y - offsetY);
    });
    if (found.far <= NEAR) this.look(found.image);
  }

  /** @param {(image: number) => number} distance */
  nearest(distance) {
    let [image, far] = [0, Infinity];
    for (let i = 0; i < COUNT; i++) {
      const apart = distance(i);
      if (apart < far) [image, far] = [i, apart];
    }
    return { image, far };
  }

  /** An arrow goes to the next digit in its direction. @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter") this.open();
    const way = DIRECTIONS[/** @type {keyof typeof DIRECTIONS} */ (event.key)];
    if (!way || !this.mapped) return;
    event.preventDefault();
    const at = this.scale();
    const here = this.shown;
    if (here === null) return this.look(0);
    const [x, y] = this.spot(at, here);
    const { image, far } = this.nearest((other) => {
      const [dx, dy] = [this.spot(at, other)[0] - x, this.spot(at, other)[1] - y];
      const along = dx * way[0] + dy * way[1];
      return other === here || along <= 0 ? Infinity : along + 2 * Math.abs(dx * way[1] + dy * way[0]);
    });
    if (far < Infinity) this.look(image);
  }

  /** @param {number} image */
  look(image) {
    if (image === this.shown || !this.data) return;
    const { images, labels, answers } = this.data;
    this.shown = image;
    drawImage(this.picture, images.subarray(784 * image, 784 * (image + 1)));
    const key = labels[image] === answers[image] ? "map.right" : "map.wrong";
    this.words.textContent = text(key, image, labels[image], answers[image]);
    this.take.hidden = false;
    this.paint();
  }

  open() {
    if (this.shown !== null) this.on.open(this.shown);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 * @param {number} width
 */
function ring(context, x, y, radius, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

/** @param {On} on */
export function buildLayerMap(on) {
  const map = new LayerMap(on);
  return {
    content: map.content,
    begin: () => map.choose(map.layer),
    /** @param {Model} model */
    use: (model) => map.use(model),
    /** @param {Data} data */
    know: (data) => {
      const isNew = map.data?.answers !== data.answers;
      map.data = data;
      if (isNew || !map.mapped) map.choose(map.layer);
    },
    show: (/** @type {Mapped} */ mapped) => map.show(mapped),
    mark: (/** @type {Pass | null} */ pass) => map.mark(pass),
    repaint: () => map.paint(),
    close: () => map.observer.disconnect(),
  };
}
