/**
 * The weights into each hidden neuron as a picture of 28×28: blue pushes it up, orange holds it down.
 */

import { fill, h } from "../dom.js";
import { paint } from "../pixels.js";
import { readColour } from "../theme.js";
import { largest } from "../weights.js";

const MANY = 24; // pictures, from which on they are smaller

/**
 * @param {(shown: number, all: number) => string} label
 * @param {number} most pictures
 */
export function buildNeuronGrid(label, most) {
  const element = h("div", { class: "neurons", "data-explain": "neuron", tabindex: 0 });
  /** @type {HTMLCanvasElement[]} */
  let canvases = [];
  return {
    element,
    /**
     * @param {ArrayLike<number>} weights of the first layer, row by row
     * @param {number} inputs
     */
    draw: (weights, inputs) => {
      const units = weights.length / inputs;
      const shown = Math.min(units, most);
      if (canvases.length !== shown) {
        canvases = Array.from({ length: shown }, () => h("canvas"));
        fill(element, ...canvases);
        element.classList.toggle("many", shown > MANY);
        element.setAttribute("role", "img"); // not before there is something to see
        element.setAttribute("aria-label", label(shown, units));
      }
      const [above, below] = [readColour("--positive"), readColour("--negative")];
      canvases.forEach((canvas, unit) => drawRow(canvas, row(weights, unit, inputs), above, below));
    },
  };
}

/**
 * @param {ArrayLike<number>} weights
 * @param {number} unit
 * @param {number} inputs
 */
const row = (weights, unit, inputs) => Array.prototype.slice.call(weights, unit * inputs, (unit + 1) * inputs);

/**
 * Colours are asked for once for all pictures: several times a second there are many of them.
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} weights
 * @param {number[]} above
 * @param {number[]} below
 */
function drawRow(canvas, weights, above, below) {
  const full = largest(weights) || 1;
  const side = Math.round(Math.sqrt(weights.length));
  paint(canvas, side, Math.ceil(weights.length / side), (data, i) => {
    const value = weights[i] ?? 0;
    data.set(value >= 0 ? above : below, 4 * i);
    data[4 * i + 3] = (255 * Math.abs(value)) / full;
  });
}
