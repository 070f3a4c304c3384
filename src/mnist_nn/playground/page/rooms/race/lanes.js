/**
 * The lanes of a race: the races to choose from, and how lanes stand in an address.
 *
 * A lane is a name and settings. Training images, seed and length belong to the race, because all lanes share them.
 */

import { todaysName } from "../../core/config.js";
import { ConfigError, say } from "../../core/errors.js";
import { DEFAULTS, parseSettings } from "../../ui/training/settings.js";

/** @typedef {import("../../ui/training/settings.js").Settings} Settings */
/** @typedef {{name: string, settings: Settings}} Lane */
/** @typedef {{preset: string, lanes: Lane[], subset: string, epochs: string, seed: string,
 *   measure: "samples" | "seconds", guess: "" | "first"}} Race whether a guess must come before the start */

export const MOST_LANES = 4;
const SHARED = ["subset", "seed"];
export const ALL_IMAGES = "60000"; // as a batch size: the whole of any set of training images

const SOFTMAX = { output: "softmax", loss: "cross_entropy" };

/** What the lanes of each race change of the classic settings. @type {Readonly<Record<string, Partial<Settings>[]>>} */
const RACES = {
  batch: [{ batch: "1" }, { batch: "32" }, { batch: ALL_IMAGES }],
  loss: [{ loss: "mse" }, SOFTMAX],
  no_derivative: [{ hidden: "20,20" }, { hidden: "20,20", fault: "no_derivative" }],
  summed: [{ batch: "32" }, { batch: "32", fault: "summed" }],
  double_softmax: [SOFTMAX, { ...SOFTMAX, fault: "double_softmax" }],
  zero_weights: [{}, { fault: "zero_weights" }],
  rates: [{ rate: "0.001" }, { rate: "0.03" }, { rate: "1" }],
  activations: [{ activation: "sigmoid" }, { activation: "tanh" }, { activation: "relu" }, { activation: "identity" }],
};

export const NAMES = Object.freeze(Object.keys(RACES));

/**
 * @param {string} preset
 * @param {(key: string) => string} text
 * @returns {Race}
 */
export function makeRace(preset, text) {
  const lanes = RACES[preset].map((changes, i) => ({
    name: text(`race.${preset}.${i + 1}`), settings: { ...DEFAULTS, ...changes },
  }));
  return { preset, lanes, subset: "10000", epochs: "3", seed: "0", measure: "samples", guess: "" };
}

/**
 * The settings of a lane with what the race has for all.
 * @param {Race} race
 * @param {Lane} lane
 */
export const completeSettings = ({ subset, seed }, { settings }) => ({ ...settings, subset, seed });

/**
 * What the worker takes; a ConfigError where it makes no sense.
 * @param {Race} race
 * @returns {{specs: import("../../worker/lane.js").Spec[], limit: number}}
 */
export function parseRace(race) {
  const specs = race.lanes.map((lane, i) => ({ id: `lane-${i + 1}`, ...parseSettings(completeSettings(race, lane)) }));
  const images = race.subset === "" ? 60000 : Number(race.subset);
  const epochs = Number(race.epochs);
  if (!(epochs > 0 && epochs <= 1000)) throw new ConfigError(say`epochs is "${race.epochs}"; give a number up to 1000`);
  return { specs, limit: Math.round(images * epochs) };
}

/**
 * For an address: the name of a race and what was changed, or all lanes where those were.
 * @param {Race} race
 * @param {(key: string) => string} text
 */
export function toParams(race, text) {
  const params = new URLSearchParams();
  const known = NAMES.includes(race.preset) ? makeRace(race.preset, text) : null;
  const same = known && JSON.stringify(known.lanes) === JSON.stringify(race.lanes);
  if (same) params.set("race", race.preset);
  else race.lanes.forEach((lane) => params.append("lane", encode(lane)));
  const usual = makeRace(NAMES[0], text);
  for (const name of /** @type {const} */ (["subset", "epochs", "seed", "measure", "guess"])) {
    if (race[name] !== usual[name]) params.set(name, race[name] || "all");
  }
  return params;
}

/**
 * @param {URLSearchParams} params
 * @param {(key: string) => string} text
 * @returns {Race}
 */
export function fromParams(params, text) {
  const named = params.get("race") ?? "";
  const race = makeRace(NAMES.includes(named) ? named : NAMES[0], text);
  const lanes = params.getAll("lane").slice(0, MOST_LANES).map(decode);
  const shared = ["subset", "epochs", "seed"].filter((name) => params.has(name));
  return {
    ...race,
    ...(lanes.length > 1 ? { lanes, preset: "own" } : {}),
    ...Object.fromEntries(shared.map((name) => [name, params.get(name) === "all" ? "" : params.get(name)])),
    measure: params.get("measure") === "seconds" ? "seconds" : "samples",
    guess: params.get("guess") === "first" ? "first" : "",
  };
}

/** @param {Lane} lane */
function encode({ name, settings }) {
  const changed = Object.entries(settings).filter(([key, value]) =>
    !SHARED.includes(key) && value !== DEFAULTS[/** @type {keyof Settings} */ (key)]);
  const pairs = changed.map(([key, value]) => `${key}:${value.replace(/[\s,]+/g, "-")}`);
  return `${name.replaceAll("@", " ")}@${pairs.join(",")}`;
}

/**
 * @param {string} text
 * @returns {Lane}
 */
function decode(text) {
  const [name, pairs = ""] = text.split("@");
  const known = pairs.split(",").map((pair) => pair.split(":")).filter(([key]) => Object.hasOwn(DEFAULTS, key));
  const values = known.map(([key, value = ""]) =>
    [key, key === "hidden" ? value.replaceAll("-", ",") : todaysName(value)]);
  return { name, settings: { ...DEFAULTS, ...Object.fromEntries(values) } };
}
