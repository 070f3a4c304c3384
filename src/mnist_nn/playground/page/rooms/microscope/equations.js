/**
 * The equation of each step, as docs/explanation/mathematics.md has it.
 */

import { group, math, over, power, sign, sumOver } from "./mathml.js";

/** @typedef {import("./steps.js").Step} Step */
/** @typedef {import("./symbols.js").Letters} Letters */
/** @typedef {import("../../core/trace.js").Trace} Trace */

/**
 * @param {Step} step
 * @param {Letters[]} letters
 * @param {Trace} t
 * @returns {Node[]} one a line
 */
export function writeEquations({ kind, layer }, letters, t) {
  const n = letters[layer];
  if (kind === "input") return [math([["x"], "=", over(sign("pixels"), "255")], true)];
  if (kind === "weighted") return [math([n.z, "=", n.W, n.below, "+", n.b], true)];
  if (kind === "activation") return [math([n.a, "=", ...writeApplication(n), ...writeActivation(n)], true)];
  if (kind === "loss") return [...new Set([t.reportedName, t.descendedName])].map(writeLoss);
  if (kind === "delta" && layer === letters.length - 1) return [writeOutputError(n, t)];
  if (kind === "delta") return [writeHiddenError(letters, layer, t)];
  if (kind === "gradient") return writeGradients(n);
  return letters.flatMap(({ W, b }) => [W, b].map((p) => writeUpdate(p)));
}

/**
 * A loss of one image, by name.
 * @param {string} name
 */
function writeLoss(name) {
  const [o, l] = ["o", "l"].map((letter) => group([letter], "[", ["k"], "]"));
  const ln = (/** @type {Node} */ p) => group(sign("ln"), p);
  const sum = sumOver(["k"]);
  const L = ["L"];
  if (name === "mean squared error") {
    return math([L, "=", over("1", ["n"]), sum, power(group("(", o, "−", l, ")"), "2")], true);
  }
  if (name === "categorical cross-entropy") return math([L, "=", "−", sum, l, ln(o)], true);
  const [p, q] = [o, l].map((part) => part.cloneNode(true));
  const other = ["(", "1", "−", q, ")", ln(group("(", "1", "−", p, ")"))];
  return math([L, "=", "−", sum, "(", l, ln(o), "+", ...other, ")"], true);
}

/** @param {Letters} names */
const writeApplication = ({ f, z }) => [f.length > 1 ? sign(f) : [f], "(", z, ")"];

/**
 * What an activation is, where it is short to say.
 * @param {Letters} names
 * @returns {import("./mathml.js").Part[]}
 */
function writeActivation({ f, z }) {
  const e = (/** @type {import("./mathml.js").Part} */ p) => power(["e"], p);
  if (f === "σ") return ["=", over("1", group("1", "+", e(group("−", z))))];
  if (f === "softmax") return ["=", over(e(z), group(sumOver(["k"]), e(group(z, "[", ["k"], "]"))))];
  if (f === "relu") return ["=", sign("max"), "(", z, ",", "0", ")"];
  if (f === "lrelu") return ["=", sign("max"), "(", z, ",", "0.01", z, ")"];
  return [];
}

/**
 * @param {Letters} names
 * @param {Trace} t
 */
function writeOutputError({ delta, a }, t) {
  const difference = [a, "−", ["l"]];
  if (t.training.loss !== "mse") return math([delta, "=", ...difference], true);
  const factor = over("2", ["n"]);
  if (t.config.output === "softmax") {
    const g = [["g"], "=", factor, "(", ...difference, ")"];
    return math([delta, "=", a, "⊙", "(", ["g"], "−", sumOver(["k"]), ["g"], a, ")", ",", ...g], true);
  }
  return math([delta, "=", factor, "(", ...difference, ")", "⊙", a, "⊙", "(", "1", "−", a, ")"], true);
}

/**
 * @param {Letters[]} letters
 * @param {number} layer
 * @param {Trace} t
 */
function writeHiddenError(letters, layer, t) {
  const [n, next] = [letters[layer], letters[layer + 1]];
  const sent = ["(", power(next.W, ["T"]), next.delta, ")"];
  const name = t.config.activation[layer];
  if (name === "sigmoid") return math([n.delta, "=", ...sent, "⊙", n.a, "⊙", "(", "1", "−", n.a, ")"], true);
  if (name === "tanh") return math([n.delta, "=", ...sent, "⊙", "(", "1", "−", power(n.a, "2"), ")"], true);
  if (name === "identity") return math([n.delta, "=", ...sent], true);
  return math([n.delta, "=", ...sent, "⊙", power(sign(n.f), sign("′")), "(", n.z, ")"], true);
}

/** @param {Letters} names */
function writeGradients({ W, b, delta, below }) {
  const by = (/** @type {import("./mathml.js").Symbol} */ p) => over(group("∂", ["L"]), group("∂", p));
  const product = math([by(W), "=", delta, power(below, ["T"])], true);
  return [product, math([by(b), "=", delta], true)];
}

/** @param {import("./mathml.js").Symbol} p */
function writeUpdate(p) {
  return math([p, "←", p, "−", ["η"], over(group("∂", ["L"]), group("∂", p))], true);
}
