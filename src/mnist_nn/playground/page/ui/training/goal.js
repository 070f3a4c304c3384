/**
 * Where a training is to stop, as an address carries it: "epochs:5", "accuracy:95" (per cent of the test images),
 * "patience:3" (epochs in which the test images' loss is no better), or "" for nowhere.
 */

import { ConfigError, say } from "../../core/errors.js";
import { localize } from "../language.js";

/** @typedef {import("../../worker/lane.js").Goal} Goal */
/** @typedef {"epochs" | "accuracy" | "patience"} Kind */

/** What is proposed where a kind is chosen. @type {Readonly<Record<Kind, string>>} */
export const PROPOSED = Object.freeze({ epochs: "5", accuracy: "95", patience: "3" });

/**
 * Kind and number of a goal; two empty texts for none.
 * @param {string} text
 * @returns {{kind: Kind | "", value: string}}
 */
export function splitGoal(text) {
  const [kind, value = ""] = text.split(":");
  return Object.hasOwn(PROPOSED, kind) ? { kind: /** @type {Kind} */ (kind), value } : { kind: "", value: "" };
}

/**
 * What the worker takes; a ConfigError where the number makes no sense.
 * @param {string} text
 * @returns {Goal}
 */
export function parseGoal(text) {
  const { kind, value } = splitGoal(text);
  const number = Number(value);
  if (kind === "") return {};
  if (kind === "accuracy") {
    if (!(number > 0 && number <= 100)) {
      throw new ConfigError(say`stop at is "${value}" %; give a number from 1 to 100`);
    }
    return { accuracy: number / 100 };
  }
  if (!Number.isInteger(number) || number < 1) {
    throw new ConfigError(say`stop after is "${value}" epochs; give a whole number from 1`);
  }
  return { [kind]: number };
}

/**
 * @param {typeof import("../text.js").text} text
 * @param {string} goal
 */
export function describeGoal(text, goal) {
  const { kind, value } = splitGoal(goal);
  return text(`goal.${kind}.short`, localize(value));
}

/**
 * Whether a training is already where it is to stop; only what is known for sure counts.
 * @param {Goal} goal
 * @param {{epoch: number, test: {samples: number, accuracy: number}}} lane
 * @param {number} images in the whole test set
 */
export function isMet({ epochs, accuracy }, { epoch, test }, images = 10_000) {
  if (epochs !== undefined) return epoch >= epochs;
  return accuracy !== undefined && test.samples >= images && test.accuracy >= accuracy;
}
