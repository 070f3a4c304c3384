/**
 * Lanes that belong together, and how they share one thread: next is always the lane that is furthest behind, in
 * samples learned or in seconds of learning, so that a race is fair however many cores there are.
 */

import { loss } from "../core/losses.js";
import { forward } from "../core/network.js";
import { advanceLane, addPoint, isReached, openLane, startAlike, takeMoment, toEpochEnd } from "./lane.js";

/** @typedef {import("./lane.js").Data} Data */
/** @typedef {import("./lane.js").Lane} Lane */
/** @typedef {import("./lane.js").Spec} Spec */
/** @typedef {"samples" | "seconds"} Measure */
/**
 * `limit` is where all lanes stop for good, `stop` where they stop next time, both in samples; `pace` limits the
 * samples a second, and `credit` is what that leaves to learn now. `goal` is where the training is to stop, and
 * `reached` whether it has stopped there.
 * @typedef {{name: string, lanes: Lane[], measure: Measure, limit: number, stop: number, pace: number, credit: number,
 *   goal: import("./lane.js").Goal, reached: boolean, sameStart: boolean}} Session
 */
/**
 * An image of the training set, the outputs before it was learned and as they are now, and the loss before and now.
 * @typedef {{row: number, label: number, pixels: Uint8Array, o: Float64Array, after: Float64Array,
 *   loss: [number, number]}} Last
 */
/**
 * A lane as the page sees it; points and moments are those that are new, `last` is the training image learned last,
 * `at` where to go on from, if that was asked for, and `findings` what the rules say, once they were asked.
 * @typedef {{id: string, epoch: number, offset: number, size: number, samples: number, seconds: number, rate: number,
 *   microseconds: number | null, diverged: boolean, first: import("../core/activations.js").Floats,
 *   test: import("./lane.js").Test, points: import("./lane.js").Point[], moments: import("./lane.js").Moment[],
 *   last: Last | null, at: import("./lane.js").Moment | null, examined: boolean,
 *   findings: import("../core/diagnosis.js").Finding[]}} LaneState
 */
/**
 * @typedef {{session: string, playing: boolean, finished: boolean, reached: boolean, sameStart: boolean,
 *   lanes: LaneState[]}} News
 */

const TURN = 30; // milliseconds of work before messages are heard

/**
 * @param {string} name
 * @param {Spec[]} specs
 * @param {number | null | undefined} limit
 * @param {Data} data
 * @returns {Session}
 */
export function openSession(name, specs, limit, data) {
  const lanes = specs.map((spec) => openLane(spec, data));
  return {
    name, lanes, measure: "samples", limit: limit ?? Infinity, stop: Infinity, pace: Infinity, credit: 0,
    goal: {}, reached: false, sameStart: startAlike(lanes),
  };
}

/**
 * Get ready to play, on to a number of samples or the end of the epoch if so asked.
 * @param {Session} session
 * @param {{measure?: Measure, pace?: number | null, until?: number | "epoch", goal?: import("./lane.js").Goal}} how
 */
export function prepare(session, { measure, pace, until, goal }) {
  const [{ samples }] = session.lanes;
  const stop = until === "epoch" ? samples + toEpochEnd(session.lanes[0]) : (until ?? Infinity);
  Object.assign(session, { measure: measure ?? session.measure, pace: pace ?? Infinity, credit: 1, stop,
    goal: goal ?? {}, reached: false });
}

/**
 * Let lanes learn for a turn; false once there is nothing left to do.
 * @param {Session} session
 * @param {number} waited milliseconds since the turn before
 */
export function work(session, waited) {
  const { pace } = session;
  const end = performance.now() + TURN;
  if (pace < Infinity) session.credit = Math.min(session.credit + (pace * waited) / 1000, Math.max(pace / 10, 1));
  do {
    const lane = findLaneBehind(session);
    if (!lane) return false;
    const left = Math.min(session.limit, session.stop) - lane.samples;
    const most = pace < Infinity ? Math.min(left, Math.floor(session.credit)) : left;
    if (most < 1) return true;
    const before = lane.samples;
    advanceLane(lane, most);
    if (pace < Infinity) session.credit -= lane.samples - before;
    session.reached = isReached(lane, session.goal);
    if (session.reached) return false;
  } while (performance.now() < end);
  return true;
}

/**
 * The lane that is furthest behind of those that still run.
 * @param {Session} session
 * @returns {Lane | undefined}
 */
function findLaneBehind({ lanes, limit, stop, measure }) {
  const open = lanes.filter(({ run, samples }) => !run.diverged && samples < Math.min(limit, stop));
  return open.reduce((last, lane) => (lane[measure] < last[measure] ? lane : last), open[0]);
}

/**
 * Learn a few samples of one lane, now.
 * @param {Lane} lane
 * @param {number} samples
 */
export function step(lane, samples) {
  const stop = lane.samples + samples;
  while (lane.samples < stop && !lane.run.diverged) advanceLane(lane, stop - lane.samples);
}

/**
 * Measure what has changed on all test images, because now there is time.
 * @param {Session} session
 */
export function settle({ lanes }) {
  for (const lane of lanes) addPoint(lane, true);
}

/**
 * @param {Session} session
 * @param {boolean} playing
 * @param {boolean} [resumable] whether to say where to go on from
 * @returns {News}
 */
export function gatherNews(session, playing, resumable = !playing) {
  const { name, lanes, sameStart, limit, reached } = session;
  const finished = lanes.every(({ run, samples }) => run.diverged || samples >= limit);
  const states = lanes.map((lane) => describeLane(lane, resumable));
  return { session: name, playing, finished, reached, sameStart, lanes: states };
}

/**
 * @param {Lane} lane
 * @param {boolean} resumable
 * @returns {LaneState}
 */
function describeLane(lane, resumable) {
  const { run, recent } = lane;
  const state = {
    id: lane.id, epoch: run.epoch, offset: run.offset, size: run.size, samples: lane.samples, seconds: lane.seconds,
    rate: run.eta, diverged: run.diverged, first: run.network.weights[0],
    microseconds: recent.samples ? (recent.seconds / recent.samples) * 1e6 : null,
    test: /** @type {import("./lane.js").Test} */ (lane.test),
    points: lane.points, moments: lane.moments, last: findLastImage(run),
    at: resumable && !run.diverged ? takeMoment(lane) : null, examined: lane.examined, findings: lane.findings,
  };
  Object.assign(lane, { points: [], moments: [] });
  return state;
}

/**
 * @param {import("../core/training.js").Run} run
 * @returns {Last | null}
 */
function findLastImage(run) {
  const { offset, order, rows, labels, size, images, config, layers, network } = run;
  if (order.length !== size) return null;
  const number = order[(offset > 0 ? offset : size) - 1];
  const row = rows ? rows[number] : number;
  const pixels = images.slice(row * config.inputs, (row + 1) * config.inputs);
  const [label, { z, a }] = [labels[row], layers[layers.length - 1]];
  const now = forward(network, pixels);
  const after = now.a[now.a.length - 1];
  const { reported } = loss(run.training.loss, config.output);
  const losses = /** @type {[number, number]} */ ([reported(z, a, label),
    reported(now.z[now.z.length - 1], after, label)]);
  return { row, label, pixels, o: a.slice(), after, loss: losses };
}
