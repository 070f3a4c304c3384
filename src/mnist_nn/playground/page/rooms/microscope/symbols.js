/**
 * What everything is called: the classic letters for one hidden layer, numbered ones for any other depth.
 */

/** @typedef {import("./mathml.js").Symbol} Symbol */
/**
 * @typedef {object} Letters of one layer; `below` is what it is fed
 * @property {Symbol} W
 * @property {Symbol} b
 * @property {Symbol} z
 * @property {Symbol} a
 * @property {Symbol} delta
 * @property {Symbol} below
 * @property {string} f
 */

const SIDE = 28;

/**
 * @param {import("../../core/config.js").NetworkConfig} config
 * @returns {Letters[]} one a layer
 */
export function chooseLetters({ hidden, activation, output }) {
  const layers = hidden.length + 1;
  const f = [...activation, output].map((name) => (name === "sigmoid" ? "σ" : name.replace("leaky_relu", "lrelu")));
  const classic = layers === 2;
  return f.map((name, k) => {
    const last = k === layers - 1;
    const index = classic ? (last ? "o" : "h") : last ? "o" : String(k + 1);
    const pair = classic ? (last ? "ho" : "ih") : String(k + 1);
    return {
      W: ["W", pair], b: ["b", pair], z: ["z", index], a: unit(k, layers), delta: ["δ", index],
      below: k === 0 ? ["x"] : unit(k - 1, layers), f: name,
    };
  });
}

/**
 * @param {number} k
 * @param {number} layers
 * @returns {Symbol}
 */
function unit(k, layers) {
  if (k === layers - 1) return ["o"];
  return layers === 2 ? ["h"] : ["a", String(k + 1)];
}

/**
 * The place of a pixel, row and column counted from 0.
 * @param {number} pixel
 */
export const formatPixel = (pixel) => `${Math.floor(pixel / SIDE)}, ${pixel % SIDE}`;

/**
 * The place of a weight: its unit, and what it comes from.
 * @param {number} layer
 * @param {number} unitNumber
 * @param {number} input
 */
export const formatWeightPlace = (layer, unitNumber, input) =>
  (layer === 0 ? `${unitNumber}, (${formatPixel(input)})` : `${unitNumber}, ${input}`);
