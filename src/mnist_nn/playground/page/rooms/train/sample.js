/**
 * The image learned last, and what its update did: the outputs and the loss before it and after it.
 */

import { h, fill } from "../../ui/dom.js";
import { fixed, number } from "../../ui/format.js";
import { drawImage } from "../../ui/pixels.js";
import { count } from "../../ui/language.js";

/** @typedef {import("../../ui/app.js").App["text"]} Text */
/** @typedef {import("../../ui/training/session.js").Session} Session */
/** @typedef {import("../../worker/session.js").Last} Last */

const SLOW = 10; // samples a second that the eye can follow

/**
 * @param {Text} text
 * @param {(row: number) => void} look at a training image in the microscope
 */
export function buildSample(text, look) {
  const canvas = h("canvas", { class: "digit", "aria-hidden": "true" });
  const words = h("p", { class: "note" });
  const outputs = h("ol", { class: "before-after", "aria-label": text("train.sample.outputs") });
  let row = 0;
  const open = h("button", { type: "button", class: "plain", onclick: () => look(row) },
    text("train.sample.look"), " →");
  const element = h("div", { class: "last" }, canvas, h("div", { class: "stack" }, words, open), outputs);
  return {
    element,
    /** @param {Session} training */
    render: ({ lane, playing, pace }) => {
      const slow = !playing || (pace !== null && pace <= SLOW);
      const last = lane && lane.samples > 0 && !lane.diverged && slow ? lane.last : null;
      [canvas, outputs, open].forEach((part) => void (part.hidden = !last));
      if (!last) {
        words.textContent = text("train.last.help");
        return;
      }
      ({ row } = last);
      drawImage(canvas, last.pixels);
      words.textContent = describe(text, last);
      const { o, after, label } = last;
      fill(outputs, ...Array.from(o, (before, digit) => buildOutput(digit, before, after[digit], label)));
    },
  };
}

/**
 * @param {Text} text
 * @param {Last} last
 */
function describe(text, { row, label, o, after, loss: [before, now] }) {
  const said = o.indexOf(Math.max(...o));
  const key = said === label ? "train.last.right" : "train.last.wrong";
  const first = text(key, count(row), label, said);
  if (before === now) return `${first} ${text("train.last.waits")}`;
  return `${first} ${text("train.last.did", label, fixed(o[label], 3), fixed(after[label], 3), number(before, 3),
    number(now, 3))}`;
}

/**
 * @param {number} digit
 * @param {number} before
 * @param {number} after
 * @param {number} label
 */
function buildOutput(digit, before, after, label) {
  const bar = (/** @type {string} */ kind, /** @type {number} */ value) => {
    const element = h("i", { class: kind });
    element.style.height = `${100 * value}%`;
    return element;
  };
  const name = `${digit}: ${fixed(before, 3)} → ${fixed(after, 3)}`;
  return h("li", { class: digit === label ? "true" : null, title: name, "aria-label": name },
    h("span", { class: "bars-pair" }, bar("before", before), bar("after", after)), h("small", {}, digit));
}
