/**
 * What was changed inside the network: neurons that are switched off, biases that were moved. A changed network is a
 * network: a neuron that is off has no weight in the next layer.
 *
 * In the address a neuron is layer.neuron, both counted from 1 so that older links mean what they meant; output 1 of
 * the last layer is the digit 0. Everywhere else neurons are counted from 0, as in the equations.
 */

/** @typedef {import("../core/modelfile.js").Model} Model */
/** @typedef {import("./terms.js").Place} Place */
/** @typedef {{off: Place[], bias: (Place & {shift: number})[]}} Edits */

/**
 * @param {Place} place
 */
export const nameNeuron = ({ layer, unit }) => `${layer + 1}.${unit + 1}`;

/**
 * @param {string | null} name
 * @param {Model} model
 * @returns {Place | null} null if there is no such neuron
 */
export function findPlace(name, { network }) {
  const [layer, unit] = (name ?? "").split(".").map((n) => Number(n) - 1);
  return unit >= 0 && unit < (network.biases[layer]?.length ?? 0) ? { layer, unit } : null;
}

/**
 * @param {Place | null} a
 * @param {Place | null} b
 */
export const isSame = (a, b) => a?.layer === b?.layer && a?.unit === b?.unit;

/**
 * Read the edits of an address.
 * @param {URLSearchParams} params
 * @param {Model} model
 * @returns {Edits}
 */
export function readEdits(params, model) {
  const names = (params.get("off") ?? "").split(",");
  const last = model.network.weights.length - 1;
  const off = names.map((name) => findPlace(name, model)).filter((place) => place !== null && place.layer < last);
  const bias = (params.get("bias") ?? "").split(",").map((entry) => {
    const [name, shift] = entry.split(":");
    const place = findPlace(name, model);
    return place && Number.isFinite(Number(shift)) ? { ...place, shift: Number(shift) } : null;
  });
  return { off: /** @type {Place[]} */ (off), bias: bias.filter((entry) => entry !== null) };
}

/**
 * Edits as they stand in the address.
 * @param {Edits} edits
 */
export function toParams({ off, bias }) {
  return { off: off.map(nameNeuron).join(","), bias: bias.map((one) => `${nameNeuron(one)}:${one.shift}`).join(",") };
}

/** @param {Edits} edits */
export const isEmpty = ({ off, bias }) => off.length === 0 && bias.length === 0;

/**
 * @param {Edits} edits
 * @param {Place} place
 */
export const isOff = ({ off }, place) => off.some((one) => isSame(one, place));

/**
 * @param {Edits} edits
 * @param {Place} place
 */
export const findShift = ({ bias }, place) => bias.find((one) => isSame(one, place))?.shift ?? 0;

/**
 * Switch a neuron off, or on again.
 * @param {Edits} edits
 * @param {Place} place
 * @param {boolean} off
 * @returns {Edits}
 */
export function switchOff(edits, place, off) {
  const others = edits.off.filter((one) => !isSame(one, place));
  return { ...edits, off: off ? [...others, place] : others };
}

/**
 * Move a bias away from what was learned.
 * @param {Edits} edits
 * @param {Place} place
 * @param {number} shift
 * @returns {Edits}
 */
export function shiftBias(edits, { layer, unit }, shift) {
  const others = edits.bias.filter((one) => !isSame(one, { layer, unit }));
  return { ...edits, bias: shift === 0 ? others : [...others, { layer, unit, shift }] };
}

/**
 * The model with the edits made.
 * @param {Model} model
 * @param {Edits} edits
 * @returns {Model}
 */
export function applyEdits(model, edits) {
  if (isEmpty(edits)) return model;
  const { network, tensors } = model;
  const weights = network.weights.map((W) => W.slice());
  const biases = network.biases.map((b) => b.slice());
  const changed = { ...tensors };
  const eleventh = tensors["calibration/weights"];
  for (const { layer, unit, shift } of edits.bias) biases[layer][unit] += shift;
  for (const { layer, unit } of edits.off) {
    const inputs = biases[layer].length;
    for (let n = unit; n < weights[layer + 1].length; n += inputs) weights[layer + 1][n] = 0;
    if (eleventh && layer === biases.length - 2) {
      changed["calibration/weights"] = { ...eleventh, data: changed["calibration/weights"].data.slice() };
      changed["calibration/weights"].data[unit] = 0;
    }
  }
  return { ...model, network: { ...network, weights, biases }, tensors: changed };
}
