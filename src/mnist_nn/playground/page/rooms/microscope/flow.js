/**
 * The picture of a step: which neurons are lit, and the lines along which numbers flow, each as wide as its number is
 * large beside the largest of the step, blue above zero and orange below.
 */

import { aligned, fixed, number } from "../../ui/format.js";
import { text } from "../../ui/text.js";
import { largest } from "../../ui/weights.js";

/** @typedef {import("../../core/trace.js").Trace} Trace */
/** @typedef {import("../../ui/network/view.js").Light} Light */
/** @typedef {import("../../ui/network/view.js").Line} Line */
/** @typedef {import("./path.js").Path} Path */
/** @typedef {import("./steps.js").Step} Step */
/**
 * What flows between two layers: the number of each line, whose lines belong to the chosen number, and whether it
 * flows backward. `layer` is the one that the lines lead into.
 * @typedef {{layer: number, value: (unit: number, input: number) => number, back: boolean,
 *   isChosen: (unit: number, input: number) => boolean}} Stream
 */
/** @typedef {{layer: number, from: number, to: number, value: number, chosen: boolean}} Flow */
/** @typedef {{lights: Light[][], lines: Line[], most: number, shown: number, all: number}} Picture */

const [WIDEST, WIDEST_OF_PIXELS] = [5, 2.5]; // on the screen; many lines begin close together at the pixels
const [MOST, MOST_OF_PIXELS] = [240, 150]; // lines of a layer, apart from those of the chosen number
const MOST_CHOSEN = 160;
const [CLEAR, PALE] = [0.92, 0.26];

/**
 * @param {Step[]} steps
 * @param {number} at
 * @param {Trace} t
 * @param {Path} path
 * @returns {Picture}
 */
export function describeFlow(steps, at, t, path) {
  const streams = listStreams(steps[at], t, path);
  const found = streams.map((stream) => ({ stream, flows: listFlows(stream, t) }));
  const most = largest(found.flatMap(({ flows }) => flows.all.map(({ value }) => value))) || 1;
  const widest = streams.some(({ layer }) => layer === 0) ? WIDEST_OF_PIXELS : WIDEST;
  const lines = found.flatMap(({ stream, flows }) => flows.shown.map((flow) => makeLine(flow, stream, widest / most)));
  return { lights: lightLayers(steps, at, t), lines, most, shown: lines.length,
    all: found.reduce((sum, { flows }) => sum + flows.all.length, 0) };
}

/**
 * @param {Step} step
 * @param {Trace} t
 * @param {Path} path
 * @returns {Stream[]}
 */
function listStreams({ kind, layer }, t, path) {
  const width = (/** @type {number} */ k) => t.a[k].length;
  const isOnPath = (/** @type {number} */ k) => (/** @type {number} */ unit, /** @type {number} */ input) =>
    unit === path[k + 1] && input === path[k];
  if (kind === "weighted" || kind === "activation") {
    return [{ layer, back: false, isChosen: (unit) => unit === path[layer + 1],
      value: (unit, input) => t.weights[layer][unit * width(layer) + input] * t.a[layer][input] }];
  }
  if (kind === "delta" && layer < t.z.length - 1) {
    const k = layer + 1;
    return [{ layer: k, back: true, isChosen: (_unit, input) => input === path[k],
      value: (unit, input) => t.weights[k][unit * width(k) + input] * t.delta[k][unit] }];
  }
  if (kind === "gradient") {
    return [{ layer, back: true, isChosen: isOnPath(layer),
      value: (unit, input) => t.dW[layer][unit * width(layer) + input] }];
  }
  if (kind !== "update") return [];
  return t.weights.map((W, k) => ({ layer: k, back: true, isChosen: isOnPath(k),
    value: (unit, input) => t.newWeights[k][unit * width(k) + input] - W[unit * width(k) + input] }));
}

/**
 * The numbers of a stream that are not 0, and those of them that are drawn: the largest, and the chosen number's.
 * @param {Stream} stream
 * @param {Trace} t
 * @returns {{all: Flow[], shown: Flow[]}}
 */
function listFlows({ layer, value, isChosen }, t) {
  const [units, inputs] = [t.z[layer].length, t.a[layer].length];
  /** @type {Flow[]} */
  const all = [];
  for (let to = 0; to < units; to++) {
    for (let from = 0; from < inputs; from++) {
      const found = value(to, from);
      if (found !== 0) all.push({ layer, from, to, value: found, chosen: isChosen(to, from) });
    }
  }
  all.sort((p, q) => Math.abs(q.value) - Math.abs(p.value));
  const others = all.filter(({ chosen }) => !chosen).slice(0, layer === 0 ? MOST_OF_PIXELS : MOST);
  return { all, shown: [...others, ...all.filter(({ chosen }) => chosen).slice(0, MOST_CHOSEN)] };
}

/**
 * @param {Flow} flow
 * @param {Stream} stream
 * @param {number} scale pixels of width for 1
 * @returns {Line}
 */
function makeLine({ layer, from, to, value, chosen }, { back }, scale) {
  return { layer, from, to, back, sign: Math.sign(value), width: scale * Math.abs(value),
    opacity: chosen ? CLEAR : PALE };
}

/**
 * The neurons as far as they are known: first z in its colour, then the activation, at last the error as a ring.
 * @param {Step[]} steps
 * @param {number} at
 * @param {Trace} t
 * @returns {Light[][]}
 */
function lightLayers(steps, at, t) {
  const isDone = (/** @type {string} */ kind, /** @type {number} */ layer) =>
    steps.findIndex((step) => step.kind === kind && step.layer === layer) <= at;
  return t.z.map((z, layer) => {
    const isOutput = layer === t.z.length - 1;
    const most = largest(t.delta[layer]) || 1;
    const kind = isDone("delta", layer) ? "delta" : isDone("activation", layer) ? "activation"
      : isDone("weighted", layer) ? "weighted" : "none";
    return Array.from(z, (_, unit) => ({
      ...lightNeuron(t, layer, unit, kind), error: kind === "delta" ? t.delta[layer][unit] / most : 0,
      beside: isOutput ? writeBeside(t, unit, kind) : "",
    }));
  });
}

/**
 * @param {Trace} t
 * @param {number} layer
 * @param {number} unit
 * @param {string} kind
 * @returns {Light}
 */
function lightNeuron(t, layer, unit, kind) {
  const [z, a] = [t.z[layer][unit], t.a[layer + 1][unit]];
  if (kind === "none") return { lit: 0, colour: "pen", says: text("flow.notYet") };
  if (kind === "weighted") {
    return { lit: Math.abs(z) / (largest(t.z[layer]) || 1), colour: z < 0 ? "negative" : "positive",
      says: `z = ${number(z)}` };
  }
  const says = kind === "delta" ? `δ = ${number(t.delta[layer][unit])}` : number(a);
  return { lit: Math.abs(a) / Math.max(largest(t.a[layer + 1]), 1), colour: a < 0 ? "negative" : "pen", says };
}

/**
 * What stands beside an output.
 * @param {Trace} t
 * @param {number} unit
 * @param {string} kind
 */
function writeBeside(t, unit, kind) {
  if (kind === "none") return "";
  if (kind === "weighted") return aligned(t.z[t.z.length - 1][unit], 2);
  return kind === "activation" ? fixed(t.o[unit], 3) : aligned(t.delta[t.delta.length - 1][unit], 3);
}
