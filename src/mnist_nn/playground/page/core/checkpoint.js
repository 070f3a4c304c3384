/**
 * From a run to a model file, and back to where it can go on.
 */

import { FORMAT, networkTensors, readSettings, takeNetwork } from "./modelfile.js";
import { savePosition } from "./training.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {import("./modelfile.js").Model} Model */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./training.js").Run} Run */

/**
 * The model of a run, at its last complete batch. With a deliberate fault only the network is kept, because the
 * library has no training that makes such a one.
 * @param {Run} run
 * @param {{data?: Record<string, string>, scores?: Record<string, any>, versions?: Record<string, string>}} [about]
 * @returns {Model}
 */
export function makeModel(run, { data = {}, scores = {}, versions = {} } = {}) {
  const { fault, ...settings } = run.training;
  const common = { format: FORMAT, network: run.config, data, scores, versions };
  if (fault !== "none") {
    return { network: run.network, header: { ...common, training: null, checkpoint: null, history: [] }, tensors: {} };
  }
  const { epoch, offset, updates, seconds, tally, history, slots } = savePosition(run);
  const training = { ...settings, epochs: Math.max(epoch + (offset > 0 ? 1 : 0), 1) };
  const sums = [tally.samples, tally.reported, tally.descended, tally.correct];
  const checkpoint = { epoch, offset, updates, tally: sums, seconds, best: null };
  const tensors = Object.entries(slots).map(([slot, arrays]) => networkTensors(split(run.config, arrays), `${slot}/`));
  const resume = Object.entries(Object.assign({}, ...tensors)).map(([name, t]) => [`resume/${name}`, t]);
  return {
    network: run.network,
    header: { ...common, training, checkpoint, history },
    tensors: Object.fromEntries(resume),
  };
}

/**
 * What is needed to go on with a model: `start(network, images, labels, settings, from)`; null if it was not trained.
 * `ignored` names settings of its training that the page does not follow, such as a schedule.
 * @param {Model} model
 * @returns {{network: Network, settings: Partial<import("./config.js").TrainingConfig>,
 *   from: import("./training.js").Position, ignored: string[]} | null}
 */
export function resumeRun(model) {
  const { network, header: { checkpoint, history } } = model;
  const tensors = { ...model.tensors };
  const training = readSettings(model);
  if (!training || !checkpoint || checkpoint.preparation) return null; // prepared inputs are the library's alone
  const current = "resume/W1" in tensors ? takeNetwork(network.config, tensors, "resume/") : network;
  const slots = Object.fromEntries(
    Object.keys(tensors)
      .filter((name) => /^resume\/(?!average)\w+\/W1$/.test(name))
      .map((name) => [name.split("/")[1], parameters(takeNetwork(network.config, tensors, name.slice(0, -2)))]),
  );
  const [samples, reported, descended, correct] = checkpoint.tally;
  const { epoch, offset, updates, seconds } = checkpoint;
  const tally = { samples, reported, descended, correct };
  const rows = /** @type {import("./training.js").Scores[]} */ (history);
  return { network: current, from: { epoch, offset, updates, seconds, tally, history: rows, slots }, ...training };
}

/** @param {Network} network */
const parameters = ({ weights, biases }) => weights.flatMap((W, k) => [W, biases[k]]);

/**
 * @param {import("./config.js").NetworkConfig} config
 * @param {Floats[]} arrays
 * @returns {Network}
 */
function split(config, arrays) {
  return { config, weights: arrays.filter((_, n) => n % 2 === 0), biases: arrays.filter((_, n) => n % 2 === 1) };
}
