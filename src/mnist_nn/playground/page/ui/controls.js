/**
 * Form controls with their labels: a choice, a number or text, and a number with a slider over powers of ten.
 *
 * Each has `element`, `show(value)` and `enable(is)`, and calls `changed` with the new text.
 */

import { fill, h } from "./dom.js";

/** @typedef {{element: HTMLElement, show: (value: string) => void, enable: (is: boolean) => void}} Control */
/** @typedef {(value: string) => void} Changed */

/**
 * Put words where others may stand; the same words again are no news, also not to a screen reader.
 * @param {HTMLElement} element
 * @param {string} words
 */
export function putText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * A number as it was written; a decimal comma is as good as a point.
 * @param {string} words
 */
export const readNumber = (words) => words.trim().replace(",", ".");

let count = 0;
const makeId = () => `control-${++count}`;

/**
 * @param {string} label
 * @param {[string, string][]} options value and text
 * @param {Changed} changed
 * @param {string} [help]
 * @returns {Control & {offer: (options: [string, string][]) => void}}
 */
export function buildChoice(label, options, changed, help) {
  const id = makeId();
  const select = h("select", { id, onchange: () => changed(select.value), ...describeBy(id, help) });
  const offer = (/** @type {[string, string][]} */ all) => {
    const { value } = select;
    fill(select, ...all.map(([name, text]) => h("option", { value: name }, text)));
    select.value = value;
  };
  offer(options);
  return {
    element: buildField(id, label, help, select),
    show: (value) => void (select.value = value),
    enable: (is) => void (select.disabled = !is),
    offer,
  };
}

/**
 * Text or a number; it counts once it is complete, at the latest when the field is left.
 * @param {string} label
 * @param {Record<string, any>} attributes of the input element
 * @param {Changed} changed
 * @param {string} [help]
 * @returns {Control & {hint: (placeholder: string) => void}}
 */
export function buildEntry(label, attributes, changed, help) {
  const id = makeId();
  const take = attributes.inputmode === "decimal" ? readNumber : (/** @type {string} */ words) => words.trim();
  const input = h("input", { id, type: "text", autocomplete: "off", spellcheck: "false", ...attributes,
    onchange: () => changed(take(input.value)), ...describeBy(id, help) });
  return {
    element: buildField(id, label, help, input),
    show: (value) => {
      if (document.activeElement !== input || input.value.trim() === "") input.value = value;
    },
    enable: (is) => void (input.disabled = !is),
    hint: (placeholder) => void (input.placeholder = placeholder),
  };
}

/**
 * A number above zero on a logarithmic slider, with the exact value beside it; empty stands for the automatic value.
 * @param {string} label
 * @param {{from: number, to: number, automatic: string, help?: string}} scale powers of ten
 * @param {Changed} changed
 * @returns {Control & {hint: (automatic: string) => void}}
 */
export function buildLogSlider(label, { from, to, automatic, help }, changed) {
  const id = makeId();
  let standard = "";
  const input = h("input", { id, type: "text", inputmode: "decimal", autocomplete: "off", ...describeBy(id, help),
    onchange: () => give(readNumber(input.value)) });
  const slider = h("input", { type: "range", min: from, max: to, step: 0.05, "aria-label": label,
    oninput: () => give(String(Number((10 ** Number(slider.value)).toPrecision(2)))) });
  const reset = h("button", { type: "button", class: "small", onclick: () => give("") }, automatic);
  const place = () => {
    const value = Number(input.value || standard);
    if (value > 0) slider.value = String(Math.log10(value));
    slider.setAttribute("aria-valuetext", input.value || standard);
    reset.setAttribute("aria-pressed", String(input.value === ""));
  };
  const give = (/** @type {string} */ value) => {
    input.value = value;
    place();
    changed(value);
  };
  return {
    element: buildField(id, label, help, h("div", { class: "with-slider" }, input, reset, slider)),
    show: (value) => {
      if (document.activeElement !== input) input.value = value;
      place();
    },
    enable: (is) => [input, slider, reset].forEach((part) => void (part.disabled = !is)),
    hint: (value) => {
      standard = value;
      input.placeholder = value;
      place();
    },
  };
}

/**
 * @param {string} id
 * @param {string} label
 * @param {string | undefined} help
 * @param {HTMLElement} control
 */
function buildField(id, label, help, control) {
  return h("div", { class: "field" }, h("label", { for: id }, label), control,
    help ? h("small", { id: `${id}-help`, class: "help" }, help) : null);
}

/**
 * @param {string} id
 * @param {string | undefined} help
 */
const describeBy = (id, help) => (help ? { "aria-describedby": `${id}-help` } : {});
