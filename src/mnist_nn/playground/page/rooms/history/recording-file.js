/**
 * Recordings as files: a model file of the library with the weights of every moment beside those of the last one.
 *
 * The header's `recording` has a row a moment; tensors `moments/N/W1` … belong to row N. `mnist-nn train --record`
 * writes the same (docs/reference/model-file.md), one row an epoch.
 */

import { chooseRate, floats, makeNetworkConfig, sizes } from "../../core/config.js";
import { ModelFileError, say } from "../../core/errors.js";
import { optimizer } from "../../core/optimizers.js";

/** @typedef {import("../../core/modelfile.js").Model} Model */
/** @typedef {import("../../worker/lane.js").Moment} Moment */
/** @typedef {import("../../core/training.js").Scores} Scores */
/** @typedef {import("../../ui/training/session.js").Recording} Recording */
/**
 * `tally` is there inside an epoch: the sums over its samples so far.
 * @typedef {{epoch: number, offset: number, size: number, samples?: number, rate?: number, tally?: number[]}} Row
 */

const IMAGES = 60000;

/**
 * Make a recording of a model file that holds one.
 * @param {Model} model
 * @param {string} id
 * @param {string} name
 * @returns {Recording}
 */
export function readRecording({ network: { config }, header, tensors }, id, name) {
  const { recording: rows, training, history } = header;
  if (!Array.isArray(rows) || rows.length === 0 || !training) {
    throw new ModelFileError(say`there is no recording in this file; make one with: mnist-nn train --record FILE`);
  }
  const full = makeNetworkConfig(config);
  const epochs = rows.map((row, n) => makeMoment(row, takeParameters(full, tensors, n), full, training,
    /** @type {Scores[]} */ (history)));
  return { id, name, config: full, training, epochs, points: [] };
}

/**
 * Make a model file of a recording; the network to use is the last one.
 * @param {Recording} recording
 * @returns {Model}
 */
export function makeModel({ config, training, epochs }) {
  const last = epochs[epochs.length - 1];
  const { fault, ...settings } = training;
  const own = Object.assign({}, ...epochs.map(({ weights, biases }, n) => makeTensors(config, weights, biases, n)));
  const header = {
    format: 1, network: config, data: {}, scores: {}, versions: {}, checkpoint: null,
    training: { ...settings, epochs: Math.max(1, Math.ceil(last.samples / last.size)) },
    history: last.position.history,
    recording: epochs.map(makeRow),
    ...(fault && fault !== "none" ? { fault } : {}),
  };
  return { network: { config, weights: last.weights, biases: last.biases }, header, tensors: own };
}

/**
 * The network of one moment as a model of its own.
 * @param {Recording} recording
 * @param {Moment} moment
 * @returns {Model}
 */
export function takeMoment(recording, moment) {
  const { network, header } = makeModel({ ...recording, epochs: [moment] });
  const own = { ...header };
  delete own.recording;
  return { network, header: own, tensors: {} };
}

/**
 * @param {Moment} moment
 * @returns {Row}
 */
function makeRow({ epoch, offset, size, samples, rate, position: { tally } }) {
  const sums = [tally.samples, tally.reported, tally.descended, tally.correct];
  return { epoch, offset, size, samples, rate, ...(offset ? { tally: sums } : {}) };
}

/**
 * @param {Row} row
 * @param {Pick<Moment, "weights" | "biases">} parameters
 * @param {import("../../core/config.js").NetworkConfig} config
 * @param {Record<string, any>} training
 * @param {Scores[]} history
 * @returns {Moment}
 */
function makeMoment({ epoch, offset = 0, size = IMAGES, samples, rate, tally }, parameters, config, training, history) {
  const [seen = 0, reported = 0, descended = 0, correct = 0] = tally ?? [];
  const scores = /** @type {(Scores & {validation_accuracy?: number}) | undefined} */ (history[epoch - 1]);
  const known = offset ? { loss: reported / seen, accuracy: correct / seen } : scores;
  const each = Math.ceil(size / training.batch_size);
  const remembers = optimizer(training.optimizer).slots.length > 0;
  return {
    epoch, offset, size, ...parameters,
    samples: samples ?? epoch * size + offset,
    loss: known?.loss ?? null,
    accuracy: known?.accuracy ?? null,
    validationAccuracy: scores?.validation_accuracy,
    rate: rate ?? scores?.rate ?? chooseRate(config, /** @type {any} */ (training)),
    seconds: history.slice(0, epoch).reduce((sum, row) => sum + row.seconds, 0),
    position: {
      epoch, offset, seconds: 0, history: history.slice(0, epoch), slots: {},
      // A recording has no memory of the optimiser's, so that one begins anew, and counts its updates anew.
      updates: remembers ? 0 : epoch * each + Math.ceil(offset / training.batch_size),
      tally: { samples: seen, reported, descended, correct },
    },
  };
}

/**
 * @param {import("../../core/config.js").NetworkConfig} config
 * @param {Record<string, import("../../core/modelfile.js").Tensor>} tensors
 * @param {number} n
 * @returns {Pick<Moment, "weights" | "biases">}
 */
function takeParameters(config, tensors, n) {
  const units = sizes(config);
  const get = (/** @type {string} */ name, /** @type {number[]} */ shape) => {
    const found = tensors[`moments/${n}/${name}`];
    if (found?.shape.join() !== shape.join() || !(found.data instanceof floats(config))) {
      throw new ModelFileError(say`moment ${n} of this recording has no sound ${name}; record it again`);
    }
    return found.data;
  };
  const layers = units.slice(1);
  return {
    weights: layers.map((count, k) => get(`W${k + 1}`, [count, units[k]])),
    biases: layers.map((count, k) => get(`b${k + 1}`, [count])),
  };
}

/**
 * @param {import("../../core/config.js").NetworkConfig} config
 * @param {import("../../core/activations.js").Floats[]} weights
 * @param {import("../../core/activations.js").Floats[]} biases
 * @param {number} n
 * @returns {Record<string, import("../../core/modelfile.js").Tensor>}
 */
function makeTensors(config, weights, biases, n) {
  const units = sizes(config);
  return Object.fromEntries(weights.flatMap((W, k) => [
    [`moments/${n}/W${k + 1}`, { shape: [units[k + 1], units[k]], data: W }],
    [`moments/${n}/b${k + 1}`, { shape: [units[k + 1]], data: biases[k] }],
  ]));
}
