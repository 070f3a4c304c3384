/**
 * A picture of numbers, blue above zero and orange below, in which one is chosen: by pointing, or with the arrow keys.
 */

import { h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { drawImage } from "../../ui/pixels.js";
import { drawWeights } from "../../ui/weights.js";

/**
 * @param {ArrayLike<number>} values row by row
 * @param {object} options
 * @param {number} options.width in numbers
 * @param {number} options.chosen
 * @param {string} options.label
 * @param {(i: number) => string} [options.place] what stands in the brackets of a number
 * @param {boolean} [options.ink] pixels of an image instead of numbers with a sign
 * @param {(i: number) => void} [options.choose]
 */
export function buildHeatmap(values, { width, chosen, label, place = String, ink = false, choose }) {
  const height = Math.ceil(values.length / width);
  const canvas = h("canvas", { "aria-hidden": "true" });
  if (ink) drawImage(canvas, Array.from(values, (value) => 255 * value), { side: width });
  else drawWeights(canvas, values, { width });
  const mark = h("span", { class: "heat-mark", hidden: chosen < 0 });
  const name = chosen < 0 ? label : `${label}. [${place(chosen)}] = ${number(values[chosen])}`;
  const element = h("div", {
    class: "heat", role: choose ? "application" : "img", tabindex: choose ? 0 : null, "aria-label": name,
    "data-focus": `heat ${width} ${values.length} ${ink}`,
    onclick: (/** @type {MouseEvent} */ event) => {
      const box = canvas.getBoundingClientRect();
      const x = Math.floor(((event.clientX - box.left) / box.width) * width);
      const y = Math.floor(((event.clientY - box.top) / box.height) * height);
      pick(Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1));
    },
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: width, ArrowUp: -width };
      const step = steps[/** @type {keyof typeof steps} */ (event.key)];
      if (!step || !choose) return;
      event.preventDefault();
      event.stopPropagation(); // the arrow keys of the room go from step to step
      pick(Math.max(chosen, 0) + step);
    },
  }, canvas, mark);
  const pick = (/** @type {number} */ i) => i >= 0 && i < values.length && i !== chosen && choose?.(i);
  element.style.aspectRatio = `${width} / ${height}`;
  Object.assign(mark.style, {
    left: `${(100 * (chosen % width)) / width}%`, top: `${(100 * Math.floor(chosen / width)) / height}%`,
    width: `${100 / width}%`, height: `${100 / height}%`,
  });
  return element;
}
