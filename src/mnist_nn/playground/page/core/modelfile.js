/**
 * The library's model file (docs/reference/model-file.md): safetensors, with everything but the numbers in one JSON
 * header.
 *
 * `read` and `write` turn bytes into a Model and back. What this page does not know of a file is kept, so that writing
 * loses nothing. How a run becomes a Model is in checkpoint.js: whoever only reads models needs no training.
 */

import { PLACE, checkSeal, seal } from "./checksum.js";
import { TRAINING, floats, makeNetworkConfig, sizes, todaysName } from "./config.js";
import { ModelFileError, say, tell } from "./errors.js";

/** @typedef {import("./activations.js").Floats} Floats */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {{shape: number[], data: Floats}} Tensor */
/**
 * The JSON in a file. `training` and `checkpoint` are null for a network that was not trained.
 * @typedef {{format: number, network: object, training: Record<string, any> | null,
 *   checkpoint: Record<string, any> | null, history: Record<string, any>[], data: Record<string, string>,
 *   scores: Record<string, any>, versions: Record<string, string>, [more: string]: any}} Header
 */
/**
 * What a model file holds: the network to use, the header, and all tensors besides the network's own.
 * @typedef {{network: Network, header: Header, tensors: Record<string, Tensor>}} Model
 */
/** @typedef {{dtype: string, shape: number[], data_offsets: [number, number]}} Entry */

export const FORMAT = 1;
const NO_FILE = say`this is not a model file, or only a part of one`;
/** Settings of the library that the page does not follow, and their values where they ask for nothing. */
const NOT_FOLLOWED = {
  schedule: "constant", label_smoothing: 0, teacher_share: 0, ema_decay: 0, augmentation: "none", augment: "",
  validation: 0, patience: null, freeze: 0, class_weight: "none", order_seed: null,
  prune_from: "",
};

/**
 * Read a model file.
 * @param {ArrayBuffer} buffer
 * @returns {Model}
 */
export function read(buffer) {
  const { entries, text, start } = unpack(buffer);
  try {
    const { checksum, ...header } = parse(text);
    checkSeal(new Uint8Array(buffer), checksum !== undefined);
    if (header.format !== FORMAT) {
      throw new ModelFileError(
        say`this model file has format ${header.format}, but this page reads only format ${FORMAT}`,
      );
    }
    /** @type {Record<string, Tensor>} */
    const tensors = {};
    for (const [name, entry] of Object.entries(entries)) {
      if (!name.startsWith("sequences/")) tensors[name] = tensor(buffer, start, name, entry);
    }
    delete header.sequences; // networks that read lines: the page reads digits, and writes no others
    return { network: takeNetwork(header.network, tensors, ""), header, tensors };
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    throw new ModelFileError(say`this model file is damaged: ${tell(error)}`);
  }
}

/**
 * Write a model file that the library reads.
 * @param {Model} model
 * @returns {ArrayBuffer}
 */
export function write({ network, header, tensors }) {
  const all = { ...tensors, ...networkTensors(network) };
  const text = stringify({ checksum: PLACE, ...header, format: FORMAT, network: network.config });
  /** @type {Record<string, any>} */
  const entries = { __metadata__: { mnist_nn: text } };
  let size = 0;
  const names = Object.keys(all).sort();
  for (const name of names) {
    const { shape, data } = all[name];
    if (!data.every(Number.isFinite)) throw new ModelFileError(say`${name} contains NaN or infinity`);
    const dtype = data instanceof Float32Array ? "F32" : "F64";
    entries[name] = { dtype, shape, data_offsets: [size, (size += data.byteLength)] };
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const start = 8 + 8 * Math.ceil(json.length / 8);
  const bytes = new Uint8Array(start + size).fill(0x20, 0, start); // the header is padded with spaces
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  for (const name of names) {
    const { data } = all[name];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + entries[name].data_offsets[0]);
  }
  seal(bytes);
  return bytes.buffer;
}

/**
 * How a model was trained, as the page would do it; null if it was not.
 * @param {Model} model
 * @returns {{settings: Partial<import("./config.js").TrainingConfig>, ignored: string[]} | null}
 */
export function readSettings({ header: { training } }) {
  if (!training) return null;
  const settings = Object.fromEntries(Object.keys(TRAINING).filter((n) => n in training).map((n) => [n, training[n]]));
  const ignored = Object.entries(NOT_FOLLOWED).filter(([n, none]) => n in training && `${training[n]}` !== `${none}`);
  return { settings, ignored: ignored.map(([name]) => name) };
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {{entries: Record<string, Entry>, text: string, start: number}}
 */
function unpack(buffer) {
  if (buffer.byteLength < 8) throw new ModelFileError(NO_FILE);
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  if (length > buffer.byteLength - 8) throw new ModelFileError(NO_FILE);
  let all;
  try {
    all = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  } catch {
    throw new ModelFileError(NO_FILE);
  }
  const { __metadata__: metadata, ...entries } = all ?? {};
  if (typeof metadata?.mnist_nn !== "string") {
    throw new ModelFileError(say`this safetensors file was not made by mnist-nn; choose a file that mnist-nn saved`);
  }
  return { entries, text: metadata.mnist_nn, start: 8 + length };
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} start
 * @param {string} name
 * @param {Entry} entry
 * @returns {Tensor}
 */
function tensor(buffer, start, name, { dtype, shape, data_offsets: [from, to] }) {
  const numbers = { F32: Float32Array, F64: Float64Array }[dtype];
  const count = shape.reduce((product, side) => product * side, 1);
  const fits = numbers && from >= 0 && start + to <= buffer.byteLength;
  if (!fits || to - from !== count * numbers.BYTES_PER_ELEMENT) {
    throw new ModelFileError(
      say`tensor ${name} of this file is damaged, or has a type that this page cannot read; get a fresh copy`,
    );
  }
  return { shape, data: new numbers(buffer.slice(start + from, start + to)) };
}

/**
 * Take a network's parameters out of the tensors.
 * @param {object} plain its configuration
 * @param {Record<string, Tensor>} tensors
 * @param {string} prefix
 * @returns {Network}
 */
export function takeNetwork(plain, tensors, prefix) {
  const config = makeNetworkConfig(plain);
  const units = sizes(config);
  const take = (/** @type {string} */ name, /** @type {number[]} */ shape) => {
    const found = tensors[prefix + name];
    if (found?.shape.join() !== shape.join() || !(found.data instanceof floats(config))) {
      throw new ModelFileError(say`tensor ${prefix + name} is missing, or does not fit the network of this file`);
    }
    if (!found.data.every(Number.isFinite)) throw new ModelFileError(say`${name} contains NaN or infinity`);
    delete tensors[prefix + name];
    return found.data;
  };
  const layers = units.slice(1).map((count, k) => [take(`W${k + 1}`, [count, units[k]]), take(`b${k + 1}`, [count])]);
  return { config, weights: layers.map(([W]) => W), biases: layers.map(([, b]) => b) };
}

/**
 * @param {Network} network
 * @param {string} [prefix]
 * @returns {Record<string, Tensor>}
 */
export function networkTensors({ config, weights, biases }, prefix = "") {
  const units = sizes(config);
  return Object.fromEntries(
    weights.flatMap((W, k) => [
      [`${prefix}W${k + 1}`, { shape: [units[k + 1], units[k]], data: W }],
      [`${prefix}b${k + 1}`, { shape: [units[k + 1]], data: biases[k] }],
    ]),
  );
}

/**
 * Parse the header; a seed beyond 2**53 becomes a bigint, because no number holds it.
 * @param {string} text
 * @returns {Header}
 */
function parse(text) {
  const header = JSON.parse(text);
  if (header.training) header.training = withTodaysNames(header.training);
  if (header.training && !Number.isSafeInteger(header.training.seed)) {
    header.training.seed = BigInt(/** @type {RegExpExecArray} */ (/"seed":\s*(\d+)/.exec(text))[1]);
  }
  return header;
}

/**
 * A training's settings, whose names were others in older files.
 * @param {any} training
 */
function withTodaysNames({ rate, ...training }) {
  const named = { ...training, loss: todaysName(training.loss) };
  return rate === undefined ? named : { ...named, learning_rate: rate };
}

/**
 * The opposite of `parse`.
 * @param {object} header
 */
function stringify(header) {
  const text = JSON.stringify(header, (_, value) => (typeof value === "bigint" ? `bigint ${value}` : value));
  return text.replace(/"bigint (\d+)"/, "$1");
}
