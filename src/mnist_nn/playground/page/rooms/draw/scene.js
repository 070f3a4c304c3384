/**
 * What Draw shows in the picture of the network: activations, and the connections that decided.
 */

import { number } from "../../ui/format.js";
import { text } from "../../ui/text.js";

/** @typedef {import("./connections.js").Connection} Connection */
/** @typedef {import("../../ui/edits.js").Place} Place */
/** @typedef {import("../../core/network.js").Pass} Pass */
/** @typedef {import("../../ui/network/view.js").Light} Light */
/** @typedef {import("../../ui/network/view.js").Line} Line */

/**
 * Light the hidden neurons as strongly as they are active, beside the strongest of the layer.
 * @param {Pass} pass
 * @param {Place[]} off
 * @returns {Light[][]}
 */
export function lightNeurons({ a }, off) {
  return a.slice(1, -1).map((values, layer) => {
    const most = values.reduce((top, value) => Math.max(top, Math.abs(value)), 1);
    return Array.from(values, (value, unit) => {
      const isOff = off.some((one) => one.layer === layer && one.unit === unit);
      return {
        lit: isOff ? 0 : Math.abs(value) / most, colour: value < 0 ? "negative" : "pen", off: isOff,
        says: isOff ? text("draw.isOff") : number(value, 2),
      };
    });
  });
}

/**
 * Lines as wide as their shares beside the strongest into the same layer.
 * @param {Connection[]} connections
 * @returns {Line[]}
 */
export function drawConnections(connections) {
  /** @type {number[]} */
  const most = [];
  for (const { layer, share } of connections) most[layer] = Math.max(most[layer] ?? 0, share);
  return connections.map(({ layer, from, to, share, sign }) => {
    const strength = share / most[layer];
    return { layer, from, to, sign, width: 0.5 + (layer === 0 ? 2 : 4.2) * strength, opacity: 0.16 + 0.7 * strength };
  });
}
