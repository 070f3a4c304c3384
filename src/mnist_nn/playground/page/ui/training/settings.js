/**
 * The settings of a training as a person writes them and as an address carries them: one text a setting, "" where the
 * default is meant. `parseSettings` turns them into what the core takes, and says in one line what is wrong with them.
 */

import { makeNetworkConfig, makeTrainingConfig, todaysName } from "../../core/config.js";
import { ConfigError, say } from "../../core/errors.js";
import { LOSSES } from "../../core/losses.js";

/**
 * @typedef {{hidden: string, activation: string, output: string, initializer: string, loss: string, optimizer: string,
 *   rate: string, batch: string, l2: string, dropout: string, subset: string, seed: string, fault: string}} Settings
 */
/** @typedef {import("../../core/config.js").TrainingConfig} TrainingConfig */
/** @typedef {import("../../core/config.js").NetworkConfig} NetworkConfig */
/** @typedef {{network: NetworkConfig, training: TrainingConfig}} Spec */

/** The classic network's. @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({
  hidden: "20", activation: "sigmoid", output: "sigmoid", initializer: "auto", loss: "classic_mse", optimizer: "sgd",
  rate: "", batch: "1", l2: "0", dropout: "0", subset: "", seed: "0", fault: "none",
});

/** What makes another network, so that training must begin anew. The seed draws its weights. */
export const BUILDS = Object.freeze(["hidden", "activation", "output", "initializer", "seed"]);

/** What an address says for no hidden layer, because it leaves out what is empty. */
const NONE = "none";

/** More units than anybody can look at, and fewer than would fill the memory with moments. */
const MOST_UNITS = 1000;

/**
 * What the core takes; a ConfigError where it makes no sense.
 * @param {Settings} settings
 * @returns {Spec}
 */
export function parseSettings(settings) {
  const hidden = parseNumbers("hidden", settings.hidden);
  if (hidden.reduce((sum, units) => sum + units, 0) > MOST_UNITS) {
    throw new ConfigError(say`hidden is ${settings.hidden}; this page can train at most ${MOST_UNITS} hidden units`);
  }
  const { activation, output, initializer, loss, optimizer, fault } = settings;
  const network = makeNetworkConfig({ hidden, activation, output, initializer });
  const training = makeTrainingConfig(network, {
    loss, optimizer, fault,
    learning_rate: settings.rate === "" ? null : parseNumber("rate", settings.rate),
    batch_size: parseNumber("batch size", settings.batch),
    l2: parseNumber("l2", settings.l2),
    dropout: parseNumber("dropout", settings.dropout),
    subset: settings.subset === "" ? null : parseNumber("subset", settings.subset),
    seed: parseNumber("seed", settings.seed),
  });
  const subset = training.subset ?? 0;
  if (subset > 60000) throw new ConfigError(say`subset is ${subset}; there are only 60000 images`);
  if (!Number.isInteger(training.seed) || Number(training.seed) < 0) {
    throw new ConfigError(say`seed is ${settings.seed}; give a whole number from 0`);
  }
  return { network, training };
}

/**
 * The settings of a training that is there already, as from a recording.
 * @param {NetworkConfig} network
 * @param {Record<string, any>} training
 * @returns {Settings}
 */
export function describeSettings(network, training) {
  const text = (/** @type {unknown} */ value) => (value === null || value === undefined ? "" : String(value));
  return {
    hidden: network.hidden.join(","), activation: network.activation[0] ?? "sigmoid", output: network.output,
    initializer: network.initializer, loss: training.loss, optimizer: training.optimizer,
    rate: text(training.learning_rate),
    batch: text(training.batch_size), l2: text(training.l2), dropout: text([training.dropout].flat()[0] ?? 0),
    subset: text(training.subset), seed: text(training.seed), fault: training.fault ?? "none",
  };
}

/**
 * Change one setting, and with it what would contradict it.
 * @param {Settings} settings
 * @param {keyof Settings} name
 * @param {string} value
 * @returns {Settings}
 */
export function changeSetting(settings, name, value) {
  const changed = { ...settings, [name]: value };
  if (name === "fault" && value === "double_softmax") {
    Object.assign(changed, { output: "softmax", loss: "cross_entropy" });
  }
  if (!LOSSES[changed.loss]?.[changed.output]) {
    if (name === "loss") changed.output = Object.keys(LOSSES[changed.loss])[0];
    else changed.loss = "cross_entropy";
  }
  const doubled = changed.output === "softmax" && changed.loss === "cross_entropy";
  if (changed.fault === "double_softmax" && !doubled) changed.fault = "none";
  return changed;
}

/**
 * What differs from the defaults, for an address.
 * @param {Settings} settings
 * @returns {Record<string, string>}
 */
export function toParams(settings) {
  const changed = Object.entries(settings).filter(([name, value]) => value !== defaultOf(name));
  return Object.fromEntries(changed.map(([name, value]) => [name, name === "hidden" && value === "" ? NONE : value]));
}

/**
 * @param {Iterable<[string, string]>} params
 * @returns {Settings}
 */
export function fromParams(params) {
  const known = [...params].filter(([name]) => Object.hasOwn(DEFAULTS, name));
  const said = known.map(([name, value]) => [name, name === "hidden" && value === NONE ? "" : todaysName(value)]);
  return { ...DEFAULTS, ...Object.fromEntries(said) };
}

/**
 * Whether two settings make the same network.
 * @param {Settings} a
 * @param {Settings} b
 */
export function sameNetwork(a, b) {
  return BUILDS.every((name) => a[/** @type {keyof Settings} */ (name)] === b[/** @type {keyof Settings} */ (name)]);
}

/** @param {string} name */
const defaultOf = (name) => DEFAULTS[/** @type {keyof Settings} */ (name)];

/**
 * @param {string} name
 * @param {string} text
 */
function parseNumber(name, text) {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new ConfigError(say`${name} is "${text}"; give a number`);
  return value;
}

/**
 * @param {string} name
 * @param {string} text
 */
function parseNumbers(name, text) {
  const parts = text.split(/[\s,×-]+/).filter(Boolean);
  return parts.map((part) => parseNumber(name, part));
}
