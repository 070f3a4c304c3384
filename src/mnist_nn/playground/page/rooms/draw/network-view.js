/**
 * The picture of the network: its neurons lighting up, and the connections that decided. A neuron is a button; the
 * arrow keys go from one to the next.
 */

import { fill, h, s, set } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { drawImage } from "../../ui/pixels.js";
import { text } from "../../ui/text.js";
import { layOut, locatePixel } from "./layout.js";

/** @typedef {import("./connections.js").Connection} Connection */
/** @typedef {import("./edits.js").Place} Place */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("../../core/network.js").Pass} Pass */
/** @typedef {SVGCircleElement | SVGRectElement} Neuron */
/**
 * What is shown: the picture, what it makes of it, the lines, and the neurons that are chosen or switched off.
 * @typedef {{pixels: Uint8Array, pass: Pass, connections: Connection[], chosen: Place | null, off: Place[]}} Scene
 */

/**
 * @param {(place: Place) => void} choose
 */
export function buildNetworkView(choose) {
  const picture = h("canvas", { width: 28, height: 28, class: "net-picture pixels" });
  const svg = s("svg", { class: "net-lines", role: "group", "aria-label": text("draw.network") });
  const element = h("div", { class: "net" }, picture, svg);
  const state = { hidden: /** @type {number[]} */ ([]), outputs: 10, neurons: /** @type {Neuron[][]} */ ([]) };
  /** @type {Layout} */
  let layout = layOut(400, 340, [], 10);
  /** @type {Scene | null} */
  let scene = null;
  const lines = s("g", { class: "lines", "aria-hidden": "true" });

  const rebuild = () => {
    layout = layOut(Math.max(element.clientWidth, 150), element.clientHeight, state.hidden, state.outputs);
    set(svg, { viewBox: `0 0 ${layout.width} ${layout.height}`, width: layout.width, height: layout.height });
    Object.assign(picture.style, {
      left: `${layout.image.x}px`, top: `${layout.image.y}px`, width: `${layout.image.side}px`,
    });
    state.neurons = layout.blocks.map((one, layer) =>
      one.spots.map((_, unit) => buildNeuron(one, layer, unit, choose)));
    fill(svg, lines, ...state.neurons.map((units, k) => buildBlock(units, k, layout)), buildCaption(layout));
    if (scene) show(scene);
  };
  const show = (/** @type {Scene} */ next) => {
    scene = next;
    drawImage(picture, next.pixels);
    light(state.neurons, next);
    const most = state.neurons.map(() => 0).concat(0);
    for (const { layer, share } of next.connections) most[layer] = Math.max(most[layer], share);
    const paths = next.connections.map((one) => buildLine(one, layout, most[one.layer]));
    fill(lines, ...paths.filter((one) => one !== null));
  };
  const observer = new ResizeObserver(() => element.clientWidth !== layout.width && rebuild());
  observer.observe(element);
  return {
    element,
    show,
    /** @param {import("../../core/network.js").Network} network */
    use: ({ config }) => {
      scene = null;
      Object.assign(state, { hidden: config.hidden, outputs: config.outputs });
      rebuild();
    },
    rebuild,
    close: () => observer.disconnect(),
  };
}

/**
 * @param {import("./layout.js").Block} block
 * @param {number} layer
 * @param {number} unit
 * @param {(place: Place) => void} choose
 * @returns {Neuron}
 */
function buildNeuron({ spots, size, round }, layer, unit, choose) {
  const { x, y } = spots[unit];
  const shape = round
    ? s("circle", { cx: x, cy: y, r: size / 2 })
    : s("rect", { x: x - size / 2, y: y - size / 2, width: size, height: size, rx: size / 5 });
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose({ layer, unit });
  };
  set(shape, {
    class: "neuron", role: "button", tabindex: unit ? -1 : 0, onclick: () => choose({ layer, unit }), onkeydown: press,
  });
  return shape;
}

/**
 * A layer, through which the arrow keys lead.
 * @param {Neuron[]} neurons
 * @param {number} layer
 * @param {Layout} layout
 */
function buildBlock(neurons, layer, layout) {
  const { columns } = layout.blocks[layer];
  const move = (/** @type {KeyboardEvent} */ event) => {
    const at = neurons.indexOf(/** @type {Neuron} */ (document.activeElement));
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const next = neurons[at + (steps[/** @type {keyof typeof steps} */ (event.key)] ?? NaN)];
    if (!next) return;
    event.preventDefault();
    neurons.forEach((one) => one.setAttribute("tabindex", one === next ? "0" : "-1"));
    next.focus();
  };
  return s("g", { onkeydown: move }, ...neurons);
}

/**
 * The symbols under the columns.
 * @param {Layout} layout
 */
function buildCaption({ blocks, image, height }) {
  const only = blocks.length === 1;
  const layers = blocks.map(({ left, right }, k) =>
    buildSymbol((left + right) / 2, height - 4, "h", only ? "" : String(k + 1)));
  const input = buildSymbol(image.x + image.side / 2, image.y + image.side + 18, "x", "");
  const above = s("text", { x: image.x, y: image.y - 8, class: "plain" }, text("draw.receives"));
  return s("g", { class: "captions", "aria-hidden": "true" }, above, input, ...layers);
}

/**
 * A symbol below something.
 * @param {number} x
 * @param {number} y
 * @param {string} letter
 * @param {string} index
 */
function buildSymbol(x, y, letter, index) {
  return s("text", { x, y, "text-anchor": "middle" }, letter, s("tspan", { dy: 3, "font-size": "75%" }, index));
}

/**
 * Light the neurons: ink as strong as the activation, beside the strongest of the layer.
 * @param {Neuron[][]} neurons
 * @param {Scene} scene
 */
function light(neurons, { pass, chosen, off }) {
  neurons.forEach((units, layer) => {
    const a = pass.a[layer + 1];
    const most = a.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-9);
    units.forEach((shape, unit) => {
      const isOff = off.some((one) => one.layer === layer && one.unit === unit);
      const isChosen = chosen?.layer === layer && chosen.unit === unit;
      shape.style.setProperty("--lit", String(isOff ? 0 : Math.abs(a[unit]) / Math.max(most, 1)));
      shape.classList.toggle("off", isOff);
      shape.classList.toggle("chosen", isChosen);
      shape.classList.toggle("below", a[unit] < 0);
      const label = text(neurons.length === 1 ? "draw.neuronOnly" : "draw.neuron", unit + 1, layer + 1);
      const value = isOff ? text("draw.isOff") : number(a[unit], 2);
      set(shape, { "aria-label": `${label}: ${value}`, "aria-pressed": String(isChosen) });
    });
  });
}

/**
 * A connection, as thick as its share beside the strongest into the same layer.
 * @param {Connection} connection
 * @param {Layout} layout
 * @param {number} most
 */
function buildLine({ layer, from, to, share, sign }, layout, most) {
  const start = layer === 0 ? locatePixel(layout, from) : layout.blocks[layer - 1].spots[from];
  const end = layer === layout.blocks.length ? layout.outputs[to] : layout.blocks[layer].spots[to];
  if (!start || !end || sign === 0) return null;
  const bend = start.x + 0.55 * (end.x - start.x);
  const strength = share / most;
  const path = s("path", {
    d: `M${start.x} ${start.y}C${bend} ${start.y} ${bend} ${end.y} ${end.x} ${end.y}`,
    class: sign > 0 ? "for" : "against",
  });
  path.style.strokeWidth = String(0.5 + (layer === 0 ? 2 : 4.2) * strength);
  path.style.strokeOpacity = String(0.16 + 0.7 * strength);
  return path;
}
