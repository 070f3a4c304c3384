/**
 * How far a network has been trained when it comes under the microscope: not at all, by 300 samples, or to its end. The
 * first two are made here as its training made them: from the first weights of its seed, with its settings and order.
 */

import { create } from "../../core/network.js";
import { readSettings } from "../../core/modelfile.js";
import { advance, start } from "../../core/training.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../core/modelfile.js").Model} Model */
/** @typedef {import("../../core/network.js").Network} Network */

const EARLY = 300; // samples

/** @type {WeakMap<Model, Map<string, Network>>} */
const made = new WeakMap();

/**
 * The stages that can be shown of a model; without its training, or where the page cannot follow it, the end alone.
 * @param {Model} model
 */
export function listStages(model) {
  const training = readSettings(model);
  return training && training.ignored.length === 0 ? ["untrained", "early", "trained"] : ["trained"];
}

/**
 * The stage asked for; otherwise a model that somebody chose as it is, and the room's own from its beginning.
 * @param {string | null} asked
 * @param {Model} model
 * @param {boolean} isChosen
 */
export function chooseStage(asked, model, isChosen) {
  const stages = listStages(model);
  if (asked && stages.includes(asked)) return asked;
  return isChosen ? "trained" : stages[0];
}

/**
 * @param {App} app
 * @param {Model} model
 * @param {string} stage
 * @returns {Promise<Network>}
 */
export async function takeStage(app, model, stage) {
  const training = readSettings(model);
  if (stage === "trained" || !training) return model.network;
  const known = made.get(model) ?? new Map();
  made.set(model, known);
  if (!known.has(stage)) {
    const first = create(model.network.config, training.settings.seed);
    known.set(stage, stage === "early" ? await learn(app, first, training.settings) : first);
  }
  return known.get(stage);
}

/**
 * @param {App} app
 * @param {Network} network
 * @param {Partial<import("../../core/config.js").TrainingConfig>} settings
 */
async function learn(app, network, settings) {
  const { images, labels } = await app.training();
  const run = start(network, images, labels, settings);
  advance(run, EARLY);
  return run.network;
}
