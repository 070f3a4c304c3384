/**
 * Which network is under the microscope: the model, and the images that it has learned here since, one update each.
 * They stand in the address by name, so that whoever opens it has the same weights.
 */

import { floats, todaysName } from "../../core/config.js";
import { LOSSES } from "../../core/losses.js";
import { trace } from "../../core/trace.js";
import { findImage } from "../../ui/images.js";

/** @typedef {import("../../core/network.js").Network} Network */
/** @typedef {{image: string, label: number, loss: string, rate: number}} Learned */

/**
 * @param {string | null} text
 * @returns {Learned[]}
 */
export function parseLearned(text) {
  return (text ?? "").split(",").filter(Boolean).map((entry) => {
    const [image, label, loss, rate] = entry.split("/");
    return { image, label: Number(label), loss: todaysName(loss), rate: Number(rate) };
  }).filter(({ label, rate }) => Number.isInteger(label) && rate > 0);
}

/** @param {Learned[]} learned */
export function formatLearned(learned) {
  return learned.map(({ image, label, loss, rate }) => [image, label, loss, rate].join("/")).join(",");
}

/**
 * Learn images again, one after the other.
 * @param {import("../../ui/app.js").App} app
 * @param {Network} network
 * @param {Learned[]} learned
 * @param {string} [fault] that is made on the way
 * @returns {Promise<Network>}
 */
export async function replay(app, network, learned, fault = "none") {
  for (const { image, label, loss, rate } of learned) {
    const found = await findImage(app, image);
    if (found) network = applyUpdate(trace(network, found.pixels, label, { loss, learning_rate: rate, fault }));
  }
  return network;
}

/**
 * The network after an update.
 * @param {import("../../core/trace.js").Trace} t
 * @returns {Network}
 */
export function applyUpdate({ config, newWeights, newBiases }) {
  const numbers = floats(config);
  return { config, weights: newWeights.map((W) => numbers.from(W)), biases: newBiases.map((b) => numbers.from(b)) };
}

/** Faults that show in a single update. */
export const FAULTS = ["none", "no_derivative"];

/** @param {string | null} name */
export const chooseFault = (name) => (name !== null && FAULTS.includes(name) ? name : "none");

/**
 * The loss asked for, that of the model's training, or the usual one for its outputs.
 * @param {string | null} name
 * @param {import("../../core/modelfile.js").Model} model
 */
export function chooseLoss(name, { network: { config }, header }) {
  const wanted = [todaysName(name), header.training?.loss, "classic_mse", "cross_entropy"];
  return /** @type {string} */ (wanted.find((one) => one && LOSSES[one]?.[config.output]));
}
