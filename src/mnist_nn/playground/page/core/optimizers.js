/**
 * The optimizers: what happens to parameters once their gradient is known.
 *
 * Each changes parameters in place, with the memory it keeps between updates (its slots) as plain arrays beside them.
 * Letters: p parameter, g gradient, eta rate, t number of the update from 1. Formulas as in the library's
 * optimizers.py, where they are explained.
 */

import { lookUp } from "./errors.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {{momentum: number, beta1: number, beta2: number, epsilon: number}} Constants */
/** @typedef {(p: Floats, g: Floats, slots: Floats[], t: number, eta: number, c: Constants) => void} Step */
/** @typedef {{slots: string[], step: Step}} Optimizer */

/** p ← p - η g. @type {Step} */
function sgd(p, g, _slots, _t, eta) {
  for (let i = 0; i < p.length; i++) p[i] -= eta * g[i];
}

/** v ← μ v + g,  p ← p - η v. @type {Step} */
function momentum(p, g, [v], _t, eta, c) {
  for (let i = 0; i < p.length; i++) {
    v[i] = c.momentum * v[i] + g[i];
    p[i] -= eta * v[i];
  }
}

/** v ← μ v + g,  p ← p - η (g + μ v). @type {Step} */
function nesterov(p, g, [v], _t, eta, c) {
  for (let i = 0; i < p.length; i++) {
    v[i] = c.momentum * v[i] + g[i];
    p[i] -= eta * (g[i] + c.momentum * v[i]);
  }
}

/** m ← β₁m + (1-β₁)g,  v ← β₂v + (1-β₂)g²,  p ← p - η m̂ / (√v̂ + ε). @type {Step} */
function adam(p, g, [m, v], t, eta, c) {
  const rate = eta / (1 - c.beta1 ** t);
  const correction = 1 - c.beta2 ** t;
  for (let i = 0; i < p.length; i++) {
    m[i] = c.beta1 * m[i] + (1 - c.beta1) * g[i];
    v[i] = c.beta2 * v[i] + (1 - c.beta2) * g[i] * g[i];
    p[i] -= (rate * m[i]) / (Math.sqrt(v[i] / correction) + c.epsilon);
  }
}

/**
 * adamw is adam; its decay is taken off the weights themselves before the step.
 * @type {Readonly<Record<string, Optimizer>>}
 */
export const OPTIMIZERS = Object.freeze({
  sgd: { slots: [], step: sgd },
  momentum: { slots: ["velocity"], step: momentum },
  nesterov: { slots: ["velocity"], step: nesterov },
  adam: { slots: ["m", "v"], step: adam },
  adamw: { slots: ["m", "v"], step: adam },
});

/** @param {string} name */
export const optimizer = (name) => lookUp("optimizer", OPTIMIZERS, name);
