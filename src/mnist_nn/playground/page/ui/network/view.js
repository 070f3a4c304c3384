/**
 * The picture of a network: the image, its neurons lit, and lines between them. A neuron is a button; the arrow keys
 * go from one to the next. What the lights and lines stand for, the room says.
 */

import { fill, h, s, set } from "../dom.js";
import { drawImage } from "../pixels.js";
import { text } from "../text.js";
import { layOut, locatePixel } from "./layout.js";

/** @typedef {import("../terms.js").Place} Place */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {SVGCircleElement | SVGRectElement} Neuron */
/**
 * A neuron: how strongly it is lit, from 0 to 1, and in which colour; `says` is its value for screen readers and
 * `beside` what stands next to an output. `error`, from −1 to 1, is a ring around it.
 * @typedef {{lit: number, colour: "pen" | "positive" | "negative", says: string, beside?: string, error?: number,
 *   off?: boolean}} Light
 */
/**
 * A line into a layer; `back` if what it stands for flows from its end to its beginning.
 * @typedef {{layer: number, from: number, to: number, sign: number, width: number, opacity: number, back?: boolean,
 *   chosen?: boolean}} Line
 */
/**
 * @typedef {{pixels: Uint8Array, lights: Light[][], lines: Line[], chosen: Place[], wanted?: number,
 *   flows?: boolean}} Scene `wanted` is the output of the true digit, `flows` whether the lines draw themselves
 */
/**
 * @typedef {object} Form
 * @property {(place: Place) => void} choose
 * @property {string} label
 * @property {number} [beside] space to the right of the outputs, where they are drawn as neurons too
 */

const LEAST = 200; // pixels, for a picture that is not on the page yet
const RING = 0.75; // of a neuron's radius, the width of the widest ring

/** @param {Form} form */
export function buildNetworkView({ choose, label, beside }) {
  const picture = h("canvas", { width: 28, height: 28, class: "net-picture pixels" });
  const svg = s("svg", { class: "net-lines", role: "group", "aria-label": label });
  const element = h("div", { class: "net" }, picture, svg);
  const state = { hidden: /** @type {number[]} */ ([]), outputs: 10, columns: /** @type {Column[]} */ ([]) };
  const lines = s("g", { class: "lines", "aria-hidden": "true" });
  let layout = layOut(400, 340, [], 10);
  /** @type {Scene | null} */
  let scene = null;

  const rebuild = () => {
    const [width, height] = [Math.max(element.clientWidth, LEAST), Math.max(element.clientHeight, LEAST)];
    layout = layOut(width, height, state.hidden, state.outputs, beside);
    set(svg, { viewBox: `0 0 ${layout.width} ${layout.height}`, width: layout.width, height: layout.height });
    Object.assign(picture.style, {
      left: `${layout.image.x}px`, top: `${layout.image.y}px`, width: `${layout.image.side}px`,
    });
    const blocks = beside === undefined ? layout.blocks : [...layout.blocks, outputBlock(layout)];
    state.columns = blocks.map((block, layer) => buildColumn(block, layer, layout, choose));
    fill(svg, lines, ...state.columns.map((column) => column.element), buildCaption(layout, beside !== undefined));
    if (scene) show({ ...scene, flows: false });
  };
  const show = (/** @type {Scene} */ next) => {
    scene = next;
    drawImage(picture, next.pixels);
    state.columns.forEach((column, layer) => column.show(next.lights[layer], layer, next));
    lines.setAttribute("class", `lines ${next.flows ? "flows" : ""}`);
    fill(lines, ...next.lines.flatMap((line) => buildLine(line, layout)));
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

/** @typedef {ReturnType<typeof buildColumn>} Column */

/**
 * The outputs as a block like the hidden layers'.
 * @param {Layout} layout
 * @returns {import("./layout.js").Block}
 */
function outputBlock({ outputs, height }) {
  const size = Math.min(20, (0.6 * height) / outputs.length);
  return { spots: outputs, size, round: true, columns: 1, left: outputs[0].x, right: outputs[0].x };
}

/**
 * A layer, through which the arrow keys lead.
 * @param {import("./layout.js").Block} block
 * @param {number} layer
 * @param {Layout} layout
 * @param {(place: Place) => void} choose
 */
function buildColumn({ spots, size, round, columns }, layer, layout, choose) {
  const isOutput = layer === layout.blocks.length;
  const radius = size / 2;
  const neurons = spots.map((spot, unit) => buildNeuron(spot, size, round, () => choose({ layer, unit }), unit));
  const rings = spots.map(({ x, y }) => s("circle", { cx: x, cy: y, r: radius, class: "ring" }));
  const right = (1 + RING) * radius + 5;
  const words = isOutput ? spots.map(({ x, y }) => s("text", { x: x + right, y: y + 4, class: "beside" })) : [];
  const move = (/** @type {KeyboardEvent} */ event) => {
    const at = neurons.indexOf(/** @type {Neuron} */ (document.activeElement));
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const next = neurons[at + (steps[/** @type {keyof typeof steps} */ (event.key)] ?? NaN)];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    neurons.forEach((one) => one.setAttribute("tabindex", one === next ? "0" : "-1"));
    next.focus();
  };
  return {
    element: s("g", { onkeydown: move }, ...rings, ...neurons, s("g", { "aria-hidden": "true" }, ...words)),
    /**
     * @param {Light[]} lights
     * @param {number} at
     * @param {Scene} scene
     */
    show: (lights, at, { chosen, wanted }) => neurons.forEach((shape, unit) => {
      const light = lights[unit];
      const isChosen = chosen.some((place) => place.layer === at && place.unit === unit);
      shape.style.setProperty("--lit", String(light.lit));
      shape.style.setProperty("--light", `var(--${light.colour})`);
      shape.classList.toggle("off", Boolean(light.off));
      shape.classList.toggle("chosen", isChosen);
      const name = isOutput ? text("net.output", unit)
        : text(layout.blocks.length === 1 ? "net.neuronOnly" : "net.neuron", unit, at + 1);
      set(shape, { "aria-label": `${name}: ${light.says}`, "aria-pressed": String(isChosen) });
      showRing(rings[unit], light.error ?? 0, radius);
      if (!isOutput) return;
      words[unit].textContent = `${unit}${light.beside ? `  ${light.beside}` : ""}`;
      words[unit].classList.toggle("wanted", unit === wanted);
    }),
  };
}

/**
 * A ring as wide as the error is large, outside the neuron.
 * @param {SVGCircleElement} ring
 * @param {number} error from −1 to 1
 * @param {number} radius
 */
function showRing(ring, error, radius) {
  const width = RING * radius * Math.abs(error);
  ring.setAttribute("r", String(radius + width / 2));
  ring.style.strokeWidth = String(width);
  ring.setAttribute("class", `ring ${error < 0 ? "against" : "for"}`);
}

/**
 * @param {import("./layout.js").Spot} spot
 * @param {number} size
 * @param {boolean} round
 * @param {() => void} choose
 * @param {number} unit
 * @returns {Neuron}
 */
function buildNeuron({ x, y }, size, round, choose, unit) {
  const shape = round
    ? s("circle", { cx: x, cy: y, r: size / 2 })
    : s("rect", { x: x - size / 2, y: y - size / 2, width: size, height: size, rx: size / 5 });
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose();
  };
  set(shape, { class: "neuron", role: "button", tabindex: unit ? -1 : 0, onclick: choose, onkeydown: press });
  return shape;
}

/**
 * The symbols under the columns.
 * @param {Layout} layout
 * @param {boolean} hasOutputs
 */
function buildCaption({ blocks, outputs, image, height }, hasOutputs) {
  const only = blocks.length === 1;
  const layers = blocks.map(({ left, right }, k) =>
    buildSymbol((left + right) / 2, height - 4, "h", only ? "" : String(k + 1)));
  const input = buildSymbol(image.x + image.side / 2, image.y + image.side + 18, "x", "");
  const above = s("text", { x: image.x, y: image.y - 8, class: "plain" }, text("net.receives"));
  const output = hasOutputs ? buildSymbol(outputs[0].x, height + 14, "o", "") : null;
  return s("g", { class: "captions", "aria-hidden": "true" }, above, input, ...layers, output);
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
 * A line, and below the chosen one a band that makes it stand out.
 * @param {Line} line
 * @param {Layout} layout
 * @returns {SVGPathElement[]}
 */
function buildLine({ layer, from, to, sign, width, opacity, back, chosen }, layout) {
  const start = layer === 0 ? locatePixel(layout, from) : layout.blocks[layer - 1].spots[from];
  const end = layer === layout.blocks.length ? layout.outputs[to] : layout.blocks[layer].spots[to];
  if (!start || !end || sign === 0) return [];
  const [p, q] = back ? [end, start] : [start, end];
  const bend = start.x + 0.55 * (end.x - start.x);
  const d = `M${p.x} ${p.y}C${bend} ${p.y} ${bend} ${q.y} ${q.x} ${q.y}`;
  const names = { class: sign > 0 ? "for" : "against", "data-line": `${layer} ${to} ${from}` };
  const path = s("path", { d, pathLength: 1, ...names });
  path.style.strokeWidth = String(width);
  path.style.strokeOpacity = String(opacity);
  return chosen ? [s("path", { d, class: "band" }), path] : [path];
}
