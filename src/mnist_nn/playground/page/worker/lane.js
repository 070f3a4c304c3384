/**
 * One training that somebody watches: a Run of the core, its clock, the points of its curves, and the moments to which
 * one can go back.
 *
 * The clock counts learning alone: neither the test images that make a point, nor waiting, nor other lanes.
 */

import { applyRules } from "../core/diagnosis.js";
import { evaluate } from "../core/evaluation.js";
import { create } from "../core/network.js";
import { computeQuantities } from "../core/quantities.js";
import { measureSigns } from "../core/signs.js";
import { advance, averageTally, changeTraining, savePosition, start, startTally } from "../core/training.js";

/** @typedef {import("../core/network.js").Network} Network */
/** @typedef {import("../core/training.js").Run} Run */
/** @typedef {import("../core/training.js").Tally} Tally */
/** @typedef {Partial<import("../core/config.js").TrainingConfig>} Settings */
/** @typedef {{images: Uint8Array, labels: Uint8Array}} Images */
/** @typedef {{train: Images, test: Images, few: Images}} Data `few` is every tenth of the test images */
/** @typedef {Pick<import("../core/evaluation.js").Evaluation,
 *   "samples" | "accuracy" | "loss" | "error" | "confusion">} Test */
/**
 * A point of the curves. `loss` and `accuracy` are means over the samples learned since the last point, each seen
 * before its update; `test`, `testLoss` (the loss that is reported in training) and `testError` (the mean squared
 * error, which all networks have) are measured on the tenth of the test images, or on all where `whole` is true.
 * @typedef {{samples: number, epochs: number, seconds: number, loss: number | null, accuracy: number | null,
 *   test: number, testLoss: number, testError: number, whole: boolean}} Point
 */
/**
 * A moment to which one can go back: the network, what was known of it then, and where to go
 * on from. `epoch` epochs were complete, and `offset` of `size` samples of the next learned.
 * @typedef {{epoch: number, offset: number, size: number, samples: number, loss: number | null,
 *   accuracy: number | null, validationAccuracy?: number, rate: number, seconds: number,
 *   weights: import("../core/activations.js").Floats[], biases: import("../core/activations.js").Floats[],
 *   test?: Test, position: import("../core/training.js").Position}} Moment
 */
/**
 * Where a lane begins: a new network, or a moment of an older training.
 * @typedef {{id: string, network: import("../core/config.js").NetworkChanges, training: Settings,
 *   from?: Moment}} Spec
 */
/**
 * When a training is to stop: after so many epochs, once this share of all test images is read right, or when the loss
 * of the test images has been no better for so many epochs.
 * @typedef {{epochs?: number, accuracy?: number, patience?: number}} Goal
 */
/** @typedef {ReturnType<typeof openLane>} Lane */

/** Samples after which the first epoch is kept too: most of what can be watched happens there. */
const EARLY = [100, 300, 1000, 3000, 10000, 30000];
const ENOUGH = 50; // samples for a mean that is worth drawing; fewer at the beginning, a share of those learned
const SHARE = 0.2;
const GROWTH = 1.25;
const POINTS_AN_EPOCH = 30;
const SLICE = 10; // milliseconds of learning between two looks at the clock
const RECENT = 1.5; // seconds over which the speed is taken

/**
 * @param {Spec} spec
 * @param {Data} data
 */
export function openLane({ id, network: changes, training, from }, data) {
  const network = from
    ? { config: create(changes).config, weights: from.weights, biases: from.biases }
    : create(changes, training.seed);
  const run = start(network, data.train.images, data.train.labels, training, from?.position);
  const lane = {
    id, data, run,
    samples: from?.samples ?? 0,
    seconds: from?.seconds ?? 0,
    /** What was learned since the last point, and in the last second or so. */
    window: startTally(),
    recent: { samples: 0, seconds: 0 },
    nextPoint: 0,
    /** Samples at the last point. */
    marked: -1,
    early: EARLY.filter((count) => count > (from?.samples ?? 0)),
    /** News, until somebody takes them. */
    points: /** @type {Point[]} */ ([]),
    moments: /** @type {Moment[]} */ ([]),
    /** The last measurement, and the updates made by then. */
    test: /** @type {Test | null} */ (null),
    tested: -1,
    /** What tells of faults: epochs since the settings were changed, the test images being those held out. */
    since: run.epoch,
    signs: /** @type {import("../core/signs.js").Signs[]} */ ([]),
    heldOut: /** @type {{epoch: number, accuracy: number, loss: number}[]} */ ([]),
    findings: /** @type {import("../core/diagnosis.js").Finding[]} */ ([]),
    /** Whether a rule was asked already. */
    examined: false,
  };
  lane.nextPoint = placeNextPoint(lane);
  addPoint(lane, true);
  if (!from) keepMoment(lane);
  return lane;
}

/**
 * Learn for a little while: until a point is due, an epoch ends, or the time is over.
 * @param {Lane} lane
 * @param {number} most samples
 */
export function advanceLane(lane, most) {
  const { run } = lane;
  const each = lane.recent.samples ? lane.recent.seconds / lane.recent.samples : 1e-4;
  const slice = Math.max(1, Math.floor(SLICE / 1000 / each));
  const due = Math.min(lane.nextPoint, lane.early[0] ?? Infinity) - lane.samples;
  const count = Math.min(most, slice, run.size - run.offset, Math.max(1, due));
  const { epoch } = run;
  const began = performance.now();
  const seen = advance(run, count);
  countTime(lane, seen, (performance.now() - began) / 1000);
  if (run.epoch > epoch) closeEpoch(lane);
  else if (lane.samples >= lane.nextPoint || run.diverged) addPoint(lane, false);
  if (lane.samples >= (lane.early[0] ?? Infinity)) {
    lane.early = lane.early.filter((n) => n > lane.samples);
    if (run.epoch === 0 && run.updates > 0 && !run.diverged) keepMoment(lane);
  }
}

/**
 * Go on with other settings from the last complete batch.
 * @param {Lane} lane
 * @param {Settings} changes
 */
export function changeLane(lane, changes) {
  lane.run = changeTraining(lane.run, changes);
  lane.recent = { samples: 0, seconds: 0 };
  lane.tested = -1;
  Object.assign(lane, { since: lane.run.epoch, signs: [], heldOut: [], findings: [], examined: false });
  lane.nextPoint = Math.min(lane.nextPoint, placeNextPoint(lane));
}

/**
 * Samples to the end of the batch under way.
 * @param {Lane} lane
 */
export function toBatchEnd({ run }) {
  const length = run.training.batch_size;
  return Math.min((Math.floor(run.offset / length) + 1) * length, run.size) - run.offset;
}

/**
 * Samples to the end of the epoch under way.
 * @param {Lane} lane
 */
export const toEpochEnd = ({ run }) => run.size - run.offset;

/**
 * Measure, and add a point to the curves.
 * @param {Lane} lane
 * @param {boolean} whole whether all test images are asked, or a tenth
 */
export function addPoint(lane, whole) {
  const { run, window } = lane;
  if (run.diverged) return;
  const { accuracy, loss, error } = measure(lane, whole);
  if (lane.samples === lane.marked) return;
  lane.marked = lane.samples;
  const enough = Math.min(ENOUGH, Math.max(1, SHARE * lane.samples));
  const learned = window.samples >= enough ? averageTally(window) : null;
  lane.points.push({
    samples: lane.samples,
    epochs: run.epoch + run.offset / run.size,
    seconds: lane.seconds,
    loss: learned && learned.loss,
    accuracy: learned && learned.accuracy,
    test: accuracy,
    testLoss: loss,
    testError: error,
    whole: lane.test?.samples === lane.data.test.labels.length,
  });
  if (learned) lane.window = startTally();
  lane.nextPoint = placeNextPoint(lane);
}

/**
 * Ask the network as it stands, if it has changed since it was asked last.
 * @param {Lane} lane
 * @param {boolean} whole
 */
function measure(lane, whole) {
  const images = whole ? lane.data.test : lane.data.few;
  if (!lane.test || lane.tested !== lane.run.updates || (whole && lane.test.samples < images.labels.length)) {
    lane.test = examine(lane.run.network, images, lane.run.training.loss);
    lane.tested = lane.run.updates;
  }
  return lane.test;
}

/**
 * Ask a network about images.
 * @param {Network} network
 * @param {Images} images
 * @param {string} [loss] by name
 * @returns {Test}
 */
export function examine(network, { images, labels }, loss) {
  const { samples, accuracy, loss: value, error, confusion } = evaluate(network, images, labels, loss);
  return { samples, accuracy, loss: value, error, confusion };
}

/**
 * Whether lanes begin with the same weights.
 * @param {Lane[]} lanes that have learned nothing yet
 */
export function startAlike([first, ...others]) {
  const same = (/** @type {ArrayLike<number>} */ p, /** @type {ArrayLike<number>} */ q) =>
    p.length === q.length && Array.prototype.every.call(p, (value, i) => value === q[i]);
  return others.every((lane) =>
    lane.run.layers.length === first.run.layers.length &&
    lane.run.layers.every(({ W }, k) => same(W, first.run.layers[k].W)));
}

/**
 * @param {Lane} lane
 * @param {Tally} seen
 * @param {number} seconds
 */
function countTime(lane, seen, seconds) {
  lane.samples += seen.samples;
  lane.seconds += seconds;
  lane.window.samples += seen.samples;
  lane.window.reported += seen.reported;
  lane.window.descended += seen.descended;
  lane.window.correct += seen.correct;
  const kept = lane.recent.seconds > RECENT ? 0.5 : 1;
  lane.recent.samples = lane.recent.samples * kept + seen.samples;
  lane.recent.seconds = lane.recent.seconds * kept + seconds;
}

/** @param {Lane} lane */
function closeEpoch(lane) {
  addPoint(lane, true);
  if (lane.run.diverged) return;
  keepMoment(lane);
  examineTraining(lane);
}

/**
 * Ask the rules of the diagnosis, at the end of an epoch.
 * @param {Lane} lane
 */
function examineTraining(lane) {
  const { run: { network, images, labels, rows, training, epoch, history }, test } = lane;
  if (!test) return;
  lane.heldOut.push({ epoch, accuracy: test.accuracy, loss: test.loss });
  lane.signs = [...lane.signs.slice(0, 1), measureSigns(network, { images, labels, rows }, training, epoch)];
  const known = history.filter((row) => row.epoch > lane.since).map((row) => {
    const held = lane.heldOut.find((one) => one.epoch === row.epoch);
    return held ? { ...row, validation_accuracy: held.accuracy, validation_loss: held.loss } : row;
  });
  lane.findings = applyRules(computeQuantities(network.config, training, known, lane.signs));
  lane.examined = true;
}

/**
 * Whether a training has come to where it is to stop.
 * @param {Lane} lane
 * @param {Goal} goal
 */
export function isReached(lane, { epochs, accuracy, patience }) {
  const { run, heldOut } = lane;
  if (epochs !== undefined && run.epoch >= epochs) return true;
  if (accuracy !== undefined && (lane.test?.accuracy ?? 0) >= accuracy) {
    return lane.marked === lane.samples && measure(lane, true).accuracy >= accuracy;
  }
  if (patience === undefined || heldOut.length === 0) return false;
  const best = heldOut.reduce((least, one) => (one.loss < least.loss ? one : least));
  return run.epoch - best.epoch >= patience;
}

/** @param {Lane} lane */
function keepMoment(lane) {
  lane.moments.push(takeMoment(lane));
}

/**
 * This moment, to which one can go back.
 * @param {Lane} lane
 * @returns {Moment}
 */
export function takeMoment(lane) {
  const { run } = lane;
  const at = savePosition(run);
  const learned = at.offset > 0 ? averageTally(at.tally) : run.history.at(-1);
  const { weights, biases } = run.network;
  return {
    epoch: at.epoch,
    offset: at.offset,
    size: run.size,
    samples: lane.samples - (run.offset - at.offset),
    loss: learned?.loss ?? null,
    accuracy: learned?.accuracy ?? null,
    rate: run.eta,
    seconds: lane.seconds,
    weights,
    biases,
    test: lane.test && at.offset === 0 ? lane.test : undefined,
    position: at,
  };
}

/**
 * When the next point is due: soon at first, later at the pace of an epoch.
 * @param {Lane} lane
 */
function placeNextPoint({ samples, run }) {
  const step = Math.max(1, Math.min(samples * (GROWTH - 1), run.size / POINTS_AN_EPOCH));
  return samples + Math.ceil(step);
}
