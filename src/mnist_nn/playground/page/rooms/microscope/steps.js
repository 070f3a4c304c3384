/**
 * The steps of one update, in the order in which they are done: forward, the loss, backward, the new weights.
 */

import { group, math, over } from "./mathml.js";

/** @typedef {import("./symbols.js").Letters} Letters */
/** @typedef {"input" | "weighted" | "activation" | "loss" | "delta" | "gradient" | "update"} Kind */
/** @typedef {{kind: Kind, layer: number, column: number, backward: boolean}} Step */

/**
 * @param {number} layers
 * @returns {Step[]}
 */
export function listSteps(layers) {
  const numbers = Array.from({ length: layers }, (_, layer) => layer);
  const forward = numbers.flatMap((layer) => [
    at("weighted", layer, 2 * layer + 2), at("activation", layer, 2 * layer + 3),
  ]);
  const backward = numbers.reverse().flatMap((layer) => [
    at("delta", layer, 2 * layer + 3, true), at("gradient", layer, 2 * layer + 2, true),
  ]);
  const turn = at("loss", layers - 1, 2 * layers + 2);
  return [at("input", -1, 1), ...forward, turn, ...backward, at("update", -1, 1, true)];
}

/**
 * @param {Kind} kind
 * @param {number} layer
 * @param {number} column of the map of steps, from 1
 * @param {boolean} backward
 * @returns {Step}
 */
const at = (kind, layer, column, backward = false) => ({ kind, layer, column, backward });

/**
 * A step's symbol.
 * @param {Step} step
 * @param {Letters[]} letters
 */
export function writeSymbol({ kind, layer }, letters) {
  const names = letters[layer];
  if (kind === "input") return math([["x"]]);
  if (kind === "weighted") return math([names.z]);
  if (kind === "activation") return math([names.a]);
  if (kind === "loss") return math([["L"]]);
  if (kind === "delta") return math([names.delta]);
  if (kind === "gradient") return math([over(group("∂", ["L"]), group("∂", names.W))]);
  return math([["W", "new"]]);
}
