/**
 * Training, a few samples at a time: the library's orders, batches, dropout masks and updates from the same seed.
 *
 * `start` makes a Run, `advance` learns the next samples and says how they went, `changeTraining` goes on with other
 * settings, `savePosition` is all that the rest of a run depends on besides its network. A Run is the one thing in the
 * core that changes; `run.network` is a network as it stands.
 */

import { argmax, output } from "./activations.js";
import { chooseRate, listDropoutRates, floats, makeTrainingConfig } from "./config.js";
import { ConfigError, DataError, say } from "./errors.js";
import { FAULTS } from "./faults.js";
import { back, makeLayers, makeNetwork, pass } from "./layers.js";
import { optimizer } from "./optimizers.js";
import { PURPOSES, dropoutKeeps, fold, key, permutation } from "./random.js";
import { subset } from "./splits.js";
import { saveSlots, makeSlots, chooseTake, update } from "./updates.js";

export { FAULTS } from "./faults.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./config.js").TrainingConfig} TrainingConfig */
/**
 * Sums over samples, each seen before the update that it caused.
 * @typedef {{samples: number, reported: number, descended: number, correct: number}} Tally
 */
/**
 * What one epoch came to; the names are those of the model file's history.
 * @typedef {{epoch: number, loss: number, descended: number, accuracy: number, rate: number, seconds: number}} Scores
 */
/**
 * Where a run stands, at the beginning of a batch: complete epochs, samples learned of the next, updates made.
 * @typedef {{epoch: number, offset: number, updates: number, tally: Tally, seconds: number, history: Scores[],
 *   slots: import("./updates.js").Slots}} Position
 */
/** @typedef {ReturnType<typeof start>} Run */

/**
 * Begin to train a network, or go on from a position (then the fault zero_weights leaves the weights as they are).
 * @param {Network} network stays as it is
 * @param {Uint8Array} images one after the other
 * @param {Uint8Array} labels
 * @param {Partial<TrainingConfig>} [settings]
 * @param {Position} [from]
 */
export function start(network, images, labels, settings = {}, from) {
  const { config } = network;
  const training = makeTrainingConfig(config, settings);
  checkData(config, images, labels);
  const root = key(training.seed);
  const eta = chooseRate(config, training);
  const layers = makeLayers(network);
  const fault = FAULTS[training.fault];
  if (fault.zeroed && !from) for (const { W, b } of layers) [W, b].forEach((p) => p.fill(0));
  const rows = training.subset === null ? null : subset(labels, training.subset, fold(root, PURPOSES.SUBSET));
  const run = {
    config, training, images, labels, layers, fault, root, rows,
    /** Samples in an epoch. */
    size: rows ? rows.length : labels.length,
    eta,
    ...chooseTake(eta, training),
    loss: fault.chooseLoss(config, training),
    output: output(config.output),
    dropout: listDropoutRates(config, training).map((rate, k) => makeDropout(rate, config.hidden[k], config)),
    order: /** @type {Uint32Array} */ (new Uint32Array(0)),
    dropoutKey: root,
    /** Complete epochs, and samples seen of the one under way. */
    epoch: from?.epoch ?? 0,
    offset: from?.offset ?? 0,
    batchStart: from?.offset ?? 0,
    batchStop: from?.offset ?? 0,
    updates: from?.updates ?? 0,
    slots: makeSlots(training.optimizer, layers, from?.slots),
    /** Of the complete batches of the epoch under way, and of the batch under way. */
    tally: from ? { ...from.tally } : startTally(),
    batch: startTally(),
    seconds: from?.seconds ?? 0,
    history: [...(from?.history ?? [])],
    /** Whether numbers are no longer finite; such a run stands still. */
    diverged: false,
    packed: { updates: -1, network },
    /** The network as it stands after the last complete batch. @returns {Network} */
    get network() {
      if (this.packed.updates !== this.updates) {
        this.packed = { updates: this.updates, network: makeNetwork(config, layers) };
      }
      return this.packed.network;
    },
  };
  if (run.offset > 0) openEpoch(run);
  return run;
}

/**
 * Learn the next samples, over the ends of batches and epochs; a batch cut short here goes on in the next call.
 * @param {Run} run
 * @param {number} samples
 * @returns {Tally} of these samples
 */
export function advance(run, samples) {
  const seen = startTally();
  let mark = performance.now();
  for (let n = 0; n < samples && !run.diverged; n++) {
    if (run.offset === run.batchStop) openBatch(run);
    learn(run, seen);
    if (run.offset === run.batchStop) closeBatch(run);
    if (run.offset === run.size) {
      const now = performance.now();
      run.seconds += (now - mark) / 1000;
      mark = now;
      closeEpoch(run);
    }
  }
  run.seconds += (performance.now() - mark) / 1000;
  run.diverged ||= !isSound(run, seen);
  return seen;
}

/**
 * Go on with other settings: a new run from the last complete batch, which leaves the old one as it is.
 *
 * Samples of a batch under way are learned again. Another subset or seed begins the epoch again, because its order is
 * another one; another optimiser begins with an empty memory.
 * @param {Run} run
 * @param {Partial<TrainingConfig>} changes
 * @returns {Run}
 */
export function changeTraining(run, changes) {
  const training = { ...run.training, ...changes };
  const at = savePosition(run);
  if (training.seed !== run.training.seed || training.subset !== run.training.subset) {
    Object.assign(at, { offset: 0, tally: startTally(), seconds: 0 });
  }
  if (optimizer(training.optimizer).slots.join() !== Object.keys(at.slots).join()) {
    Object.assign(at, { slots: undefined, updates: 0 });
  }
  return start(run.network, run.images, run.labels, training, at);
}

/**
 * Where a run stands, at its last complete batch: with `run.network`, all that is needed to go on from there.
 * @param {Run} run
 * @returns {Position}
 */
export function savePosition(run) {
  const { epoch, batchStart, updates, seconds, history } = run;
  const slots = saveSlots(run.slots, run.layers);
  return { epoch, offset: batchStart, updates, tally: { ...run.tally }, seconds, history: [...history], slots };
}

/**
 * Means of a tally.
 * @param {Tally} tally
 */
export function averageTally({ samples, reported, descended, correct }) {
  return { loss: reported / samples, descended: descended / samples, accuracy: correct / samples };
}

/** An empty tally. @returns {Tally} */
export function startTally() {
  return { samples: 0, reported: 0, descended: 0, correct: 0 };
}

/** @param {Run} run */
function openEpoch(run) {
  run.order = permutation(fold(run.root, PURPOSES.SHUFFLE, run.epoch), run.size);
  run.dropoutKey = fold(run.root, PURPOSES.DROPOUT, run.epoch);
}

/**
 * Batches end at the multiples of their size, also after the size was changed in the middle of an epoch.
 * @param {Run} run
 */
function openBatch(run) {
  if (run.offset === 0) openEpoch(run);
  const { batch_size: length } = run.training;
  run.batchStop = Math.min((Math.floor(run.offset / length) + 1) * length, run.size);
}

/**
 * Both passes of one sample; its gradient is added to that of its batch.
 * @param {Run} run
 * @param {Tally} seen
 */
function learn(run, seen) {
  const { layers, loss, config } = run;
  const number = run.order[run.offset];
  const row = run.rows ? run.rows[number] : number;
  const label = run.labels[row];
  const last = layers[layers.length - 1];
  for (let k = 0; k < run.dropout.length; k++) drop(run, number, k);
  pass(layers, run.output, run.images, row * config.inputs);
  const reported = loss.reported(last.z, last.a, label);
  const descended = loss.descended(last.z, last.a, label);
  const correct = argmax(last.z) === label ? 1 : 0;
  add(seen, 1, reported, descended, correct);
  add(run.batch, 1, reported, descended, correct);
  loss.outputDelta(last.a, label, last.delta);
  const length = run.batchStop - run.batchStart;
  if (run.fault.averaged) for (let i = 0; i < last.units; i++) last.delta[i] /= length;
  back(layers, run.fault.derivative, run.take);
  run.offset++;
}

/**
 * Draw the dropout mask of a hidden layer.
 * @param {Run} run
 * @param {number} number of the sample
 * @param {number} k
 */
function drop(run, number, k) {
  const { rate, kept, keeps } = run.dropout[k];
  if (rate === 0) return;
  const { mask, units } = run.layers[k];
  dropoutKeeps(run.dropoutKey, number, k, units, rate, keeps);
  for (let i = 0; i < units; i++) mask[i] = keeps[i] * kept;
}

/** @param {Run} run */
function closeBatch(run) {
  run.updates++;
  if (!run.atOnce) update(run.layers, run.slots, run.updates, run.eta, run.training);
  const { samples, reported, descended, correct } = run.batch;
  add(run.tally, samples, reported, descended, correct);
  run.batch = startTally();
  run.batchStart = run.offset;
}

/** @param {Run} run */
function closeEpoch(run) {
  run.epoch++;
  run.history.push({ epoch: run.epoch, ...averageTally(run.tally), rate: run.eta, seconds: run.seconds });
  Object.assign(run, { offset: 0, batchStart: 0, batchStop: 0, tally: startTally(), seconds: 0 });
}

/**
 * @param {Tally} tally
 * @param {number} samples
 * @param {number} reported
 * @param {number} descended
 * @param {number} correct
 */
function add(tally, samples, reported, descended, correct) {
  tally.samples += samples;
  tally.reported += reported;
  tally.descended += descended;
  tally.correct += correct;
}

/**
 * A layer's dropout: what a unit that stays is multiplied by, rounded as the library rounds it.
 * @param {number} rate
 * @param {number} units
 * @param {import("./config.js").NetworkConfig} config
 */
function makeDropout(rate, units, config) {
  const numbers = floats(config);
  return { rate, kept: numbers.of(1 / numbers.of(1 - rate)[0])[0], keeps: new Uint8Array(units) };
}

/**
 * @param {Run} run
 * @param {Tally} seen
 */
function isSound({ layers }, { reported, descended }) {
  const parameters = layers.flatMap(({ W, b }) => [W, b]);
  return [reported, descended].every(Number.isFinite) && parameters.every((p) => p.every(Number.isFinite));
}

/**
 * @param {import("./config.js").NetworkConfig} config
 * @param {Uint8Array} images
 * @param {Uint8Array} labels
 */
function checkData(config, images, labels) {
  if (images.length !== labels.length * config.inputs || labels.length === 0) {
    throw new ConfigError(
      say`there are ${images.length} pixels for ${labels.length} labels; the network needs ${config.inputs} for each`,
    );
  }
  const highest = labels.reduce((most, label) => Math.max(most, label), 0);
  if (highest >= config.outputs) {
    throw new DataError(
      say`label ${highest} needs more than the network's ${config.outputs} outputs; create a network with more`,
    );
  }
}
