/**
 * One update under the microscope: every quantity of both passes, in float64, and the derivatives taken numerically.
 *
 * The equations stand here in their plain form, weights row by row, as in the library's reference engine; layer k of
 * a network with L layers has z[k], delta[k], dW[k] and db[k] for k = 0 .. L-1, and a[0] = x up to a[L] = o.
 * `classicSymbols` gives the names of the classic two-layer network to the same arrays.
 */

import { activation } from "./activations.js";
import { chooseRate, listDropoutRates, makeTrainingConfig } from "./config.js";
import { ConfigError, say } from "./errors.js";
import { FAULTS } from "./faults.js";
import { CANDIDATES } from "./losses.js";
import { feed, forward } from "./network.js";
import { optimizer } from "./optimizers.js";
import { PURPOSES, dropoutKeeps, fold, key } from "./random.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Picture} Picture */
/** @typedef {import("./config.js").TrainingConfig} TrainingConfig */
/** @typedef {Partial<TrainingConfig>} Settings */
/**
 * Which dropout mask is drawn: the epoch, and the number of the sample in the training set.
 * @typedef {{epoch?: number, row?: number}} Place
 */
/** @typedef {(z: Float64Array, o: Float64Array) => number} Objective */
/** @typedef {ReturnType<typeof trace>} Trace */

const STEP = 1e-3; // with five points the error is of the order of STEP**4

/**
 * Everything about the update that one image causes.
 * @param {Network} network
 * @param {Picture} picture
 * @param {number} label
 * @param {Settings} [settings]
 * @param {Place} [place]
 */
export function trace(network, picture, label, settings = {}, place = {}) {
  const { config } = network;
  const training = makeTrainingConfig(config, settings);
  const fault = FAULTS[training.fault];
  const loss = fault.chooseLoss(config, training);
  const masks = drawMasks(config, training, place);
  const { weights, biases } = widen(network);
  const { z, a } = forward({ config, weights, biases }, picture, masks);
  const o = a[a.length - 1];
  const l = Float64Array.from(o, (_, i) => (i === label ? 1 : 0));
  const delta = deltas({ config, weights, biases }, a, masks, label, loss, fault.derivative);
  const decayed = training.optimizer === "adamw" ? 0 : training.l2;
  const dW = weights.map((W, k) => outer(delta[k], feed({ z, a }, masks, k), W, decayed));
  const db = delta.map((d) => d.slice());
  const eta = chooseRate(config, training);
  const values = {
    reportedName: loss.reportedName,
    reported: loss.reported(z[z.length - 1], o, label),
    descendedName: loss.descendedName,
    descended: loss.descended(z[z.length - 1], o, label),
  };
  const old = { weights, biases };
  const after = applyUpdate(weights, biases, dW, db, eta, training);
  return { config, training, eta, x: a[0], label, l, masks, z, a, o, ...values, delta, dW, db, ...old, ...after };
}

/**
 * The classic names for a trace of a network with one hidden layer: W_ih is weights[0], and so on.
 * @param {Trace} t
 */
export function classicSymbols(t) {
  if (t.z.length !== 2) {
    throw new ConfigError(
      say`the classic symbols are for one hidden layer, but this network has ${t.z.length - 1}`,
    );
  }
  return {
    x: t.x, z_h: t.z[0], h: t.a[1], z_o: t.z[1], o: t.o, l: t.l, delta_o: t.delta[1], delta_h: t.delta[0], eta: t.eta,
    dW_ih: t.dW[0], db_ih: t.db[0], dW_ho: t.dW[1], db_ho: t.db[1],
    W_ih: t.weights[0], b_ih: t.biases[0], W_ho: t.weights[1], b_ho: t.biases[1],
    new_W_ih: t.newWeights[0], new_b_ih: t.newBiases[0], new_W_ho: t.newWeights[1], new_b_ho: t.newBiases[1],
  };
}

/**
 * The derivative of the descended loss, with the L2 penalty and the same dropout masks, by a central difference of
 * five points; null where a kink of ReLU lies between them, because no difference means anything there.
 * @param {Network} network
 * @param {Picture} picture
 * @param {number} label
 * @param {Settings} settings
 * @param {number} layer 0 for the first
 * @param {number} i the unit
 * @param {number | null} j the input, null for the unit's bias
 * @param {Place} [place]
 * @returns {number | null}
 */
export function numericGradient(network, picture, label, settings, layer, i, j, place = {}) {
  const training = makeTrainingConfig(network.config, settings);
  const { descended } = FAULTS[training.fault].chooseLoss(network.config, training);
  return differentiate(network, picture, training, place, { layer, i, j }, [(z, o) => descended(z, o, label)])[0];
}

/**
 * Every loss that the update might be said to descend: its value, and its derivative for one weight (numeric, with
 * the L2 penalty). `descends` marks the one whose gradient the settings follow.
 * @param {Network} network
 * @param {Picture} picture
 * @param {number} label
 * @param {Settings} settings
 * @param {number} layer
 * @param {number} i
 * @param {number | null} j
 * @param {Place} [place]
 */
export function candidateLosses(network, picture, label, settings, layer, i, j, place = {}) {
  const { config } = network;
  const training = makeTrainingConfig(config, settings);
  const loss = FAULTS[training.fault].chooseLoss(config, training);
  const { z, a } = forward(widen(network), picture, drawMasks(config, training, place));
  const candidates = CANDIDATES[config.output];
  const values = candidates.map(([, value]) => /** @type {Objective} */ ((z_o, o) => value(z_o, o, label)));
  const derivatives = differentiate(network, picture, training, place, { layer, i, j }, values);
  return candidates.map(([name], n) => ({
    name,
    value: values[n](z[z.length - 1], a[a.length - 1]),
    derivative: derivatives[n],
    descends: name === loss.descendedName,
  }));
}

/**
 * Five-point differences of several functions of z_o and o, each plus the L2 penalty.
 * @param {Network} network
 * @param {Picture} picture
 * @param {TrainingConfig} training
 * @param {Place} place
 * @param {{layer: number, i: number, j: number | null}} entry
 * @param {Objective[]} values
 * @returns {(number | null)[]}
 */
function differentiate(network, picture, training, place, { layer, i, j }, values) {
  const wide = widen(network);
  const masks = drawMasks(network.config, training, place);
  const W = wide.weights[layer], b = wide.biases[layer];
  const [p, n] = j === null ? [b, i] : [W, i * (W.length / b.length) + j];
  const start = p[n];
  const points = [-2, -1, 1, 2].map((steps) => {
    p[n] = start + steps * STEP;
    return forward(wide, picture, masks);
  });
  if (new Set(points.map(({ z }) => signs(network.config, z))).size > 1) return values.map(() => null);
  const penalty = j === null || training.optimizer === "adamw" ? 0 : training.l2 * start;
  return values.map((value) => {
    const [f0, f1, f2, f3] = points.map(({ z, a }) => value(z[z.length - 1], a[a.length - 1]));
    return (8 * (f2 - f1) - (f3 - f0)) / (12 * STEP) + penalty;
  });
}

/**
 * On which side of its kink each rectified unit is.
 * @param {import("./config.js").NetworkConfig} config
 * @param {Float64Array[]} z
 */
function signs({ activation: names }, z) {
  return names.map((name, k) => (name.includes("relu") ? Array.from(z[k], (value) => value > 0) : [])).join();
}

/**
 * (BP1) and (BP2).
 * @param {Network} network
 * @param {Float64Array[]} a
 * @param {Float64Array[]} masks
 * @param {number} label
 * @param {import("./losses.js").Loss} loss
 * @param {boolean} derivative
 * @returns {Float64Array[]}
 */
function deltas({ config, weights }, a, masks, label, loss, derivative) {
  const last = weights.length - 1;
  const delta = a.slice(1).map((units) => new Float64Array(units.length));
  loss.outputDelta(a[last + 1], label, delta[last]);
  for (let k = last; k > 0; k--) {
    const slope = activation(config.activation[k - 1]).derivative;
    delta[k - 1].forEach((_, i) => {
      const sent = delta[k].reduce((sum, d, unit) => sum + d * weights[k][unit * a[k].length + i], 0);
      delta[k - 1][i] = sent * (masks.length ? masks[k - 1][i] : 1) * (derivative ? slope(a[k][i]) : 1);
    });
  }
  return delta;
}

/**
 * (BP4): δ aᵀ + λ W, row by row.
 * @param {Float64Array} delta
 * @param {Float64Array} a
 * @param {import("./activations.js").Floats} W
 * @param {number} l2
 */
function outer(delta, a, W, l2) {
  return Float64Array.from(W, (w, n) => delta[Math.floor(n / a.length)] * a[n % a.length] + l2 * w);
}

/**
 * The parameters after the optimiser's first step.
 * @param {Float64Array[]} weights
 * @param {Float64Array[]} biases
 * @param {Float64Array[]} dW
 * @param {Float64Array[]} db
 * @param {number} eta
 * @param {TrainingConfig} training
 */
function applyUpdate(weights, biases, dW, db, eta, training) {
  const { step, slots } = optimizer(training.optimizer);
  const constants = { ...training, momentum: training.momentum ?? 0.9 };
  const kept = training.optimizer === "adamw" ? 1 - eta * training.l2 : 1;
  /** @type {(p: Float64Array, g: Float64Array) => Float64Array} */
  const stepped = (p, g) => {
    const q = p.slice();
    step(q, g, slots.map(() => new Float64Array(p.length)), 1, eta, constants);
    return q;
  };
  return {
    newWeights: weights.map((W, k) => stepped(W.map((w) => kept * w), dW[k])),
    newBiases: biases.map((b, k) => stepped(b, db[k])),
  };
}

/**
 * The dropout masks of one sample: 0, or 1 / (1 - rate); none where nothing is dropped.
 * @param {import("./config.js").NetworkConfig} config
 * @param {TrainingConfig} training
 * @param {Place} place
 * @returns {Float64Array[]}
 */
function drawMasks(config, training, { epoch = 0, row = 0 }) {
  const rates = listDropoutRates(config, training);
  const k = fold(key(training.seed), PURPOSES.DROPOUT, epoch);
  if (!rates.some((rate) => rate > 0)) return [];
  return rates.map((rate, layer) =>
    Float64Array.from(dropoutKeeps(k, row, layer, config.hidden[layer], rate), (keeps) => keeps / (1 - rate)),
  );
}

/**
 * The same network in float64.
 * @param {Network} network
 */
function widen({ config, weights, biases }) {
  return { config, weights: weights.map((W) => Float64Array.from(W)), biases: biases.map((b) => Float64Array.from(b)) };
}
