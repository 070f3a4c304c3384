/**
 * The connections that decided: which of the terms w·a carried the answer, from the output back to the pixels.
 *
 * The weight of a term is its share of all terms of its neuron, by absolute value, times the weight of that neuron.
 * Its sign says whether it speaks for the chosen neuron or against it.
 */

/** @typedef {import("../../core/network.js").Network} Network */
/** @typedef {import("../../core/network.js").Pass} Pass */
/** @typedef {import("../../ui/edits.js").Place} Place */
/** @typedef {{layer: number, from: number, to: number, share: number, sign: number}} Connection into that layer */

const SHOWN = 48; // connections of a layer
const FOLLOWED = 16; // neurons of a layer whose own terms are looked at

/**
 * @param {Network} network
 * @param {Pass} pass
 * @param {Place} target the neuron to explain
 * @returns {Connection[]} for each layer at most SHOWN, the strongest first
 */
export function findDecisive(network, pass, { layer, unit }) {
  /** @type {Connection[]} */
  const all = [];
  let units = [{ unit, share: 1, sign: 1 }];
  for (let k = layer; k >= 0; k--) {
    const terms = units.flatMap((one) => listTerms(network, pass, k, one)).sort((p, q) => q.share - p.share);
    all.push(...terms.slice(0, SHOWN));
    units = chooseStrongest(terms);
  }
  return all;
}

/**
 * What a neuron sends to the next layer.
 * @param {Network} network
 * @param {Pass} pass
 * @param {Place} source
 * @returns {Connection[]}
 */
export function findSent(network, pass, { layer, unit }) {
  const W = network.weights[layer + 1];
  const a = pass.a[layer + 1];
  if (!W) return [];
  const terms = Array.from(network.biases[layer + 1], (_, to) => W[to * a.length + unit] * a[unit]);
  const total = terms.reduce((sum, term) => sum + Math.abs(term), 0);
  const connections = terms.map((term, to) => ({
    layer: layer + 1, from: unit, to, share: total && Math.abs(term) / total, sign: Math.sign(term),
  }));
  return connections.filter(({ share }) => share > 0).sort((p, q) => q.share - p.share).slice(0, SHOWN);
}

/**
 * @param {Network} network
 * @param {Pass} pass
 * @param {number} layer
 * @param {{unit: number, share: number, sign: number}} of
 * @returns {Connection[]}
 */
function listTerms({ weights }, pass, layer, { unit, share, sign }) {
  const a = pass.a[layer];
  const terms = a.map((value, i) => weights[layer][unit * a.length + i] * value);
  const total = terms.reduce((sum, term) => sum + Math.abs(term), 0);
  /** @type {Connection[]} */
  const found = [];
  terms.forEach((term, from) => {
    if (term === 0) return;
    found.push({ layer, from, to: unit, share: (share * Math.abs(term)) / total, sign: sign * Math.sign(term) });
  });
  return found;
}

/**
 * The neurons that most of it went through, each with its share, and whether it spoke for the answer on the whole.
 * @param {Connection[]} terms
 */
function chooseStrongest(terms) {
  /** @type {Map<number, number>} */
  const sums = new Map();
  for (const { from, share, sign } of terms) sums.set(from, (sums.get(from) ?? 0) + share * sign);
  return [...sums]
    .map(([unit, sum]) => ({ unit, share: Math.abs(sum), sign: Math.sign(sum) }))
    .sort((p, q) => q.share - p.share)
    .slice(0, FOLLOWED);
}
