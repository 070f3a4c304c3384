/**
 * The update as a worksheet: a page to print, with blanks, and the solution on a sheet of its own.
 */

import { number } from "../../ui/format.js";
import { nameSource, listTerms } from "../../ui/terms.js";
import { text } from "../../ui/text.js";
import { chooseLetters, formatPixel, formatWeightPlace } from "./symbols.js";

/** @typedef {import("../../core/trace.js").Trace} Trace */
/** @typedef {import("./path.js").Path} Path */
/** @typedef {import("./symbols.js").Letters} Letters */
/** @typedef {{t: Trace, path: Path, letters: Letters[], blank: (value: number, digits?: number) => string}} Sheet */

const SIDE = 28;
const TERMS = 6; // of a sum that are to be worked out; the others are given together
const BACK = 10; // likewise on the way back

const STYLE = `
  @page { margin: 16mm }
  body { font: 11pt/1.45 Georgia, "Liberation Serif", serif; color: #000; background: #fff; max-width: 46rem;
    margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.5rem }
  h2 { font-size: 1.1rem; margin: 1.3rem 0 0.3rem }
  p { margin: 0.35rem 0 }
  table { border-collapse: collapse; margin: 0.4rem 0 }
  td, th { border: 1px solid #777; padding: 0.15rem 0.5rem; text-align: right; font-weight: 400 }
  th:first-child { text-align: left }
  svg { width: 7rem; border: 1px solid #777; float: right; margin-left: 1rem }
  .blank { display: inline-block; min-width: 5.5rem; border-bottom: 1px solid #000; height: 1.1em }
  .solved { font-weight: 700 }
  .solution { break-before: page }
  section > div { break-inside: avoid }`;

/**
 * @param {Trace} t
 * @param {Path} path
 * @param {Uint8Array} pixels
 * @param {string} language
 * @returns {string} a page of its own
 */
export function writeWorksheet(t, path, pixels, language) {
  const letters = chooseLetters(t.config);
  /** @type {Omit<Sheet, "blank">} */
  const common = { t, path, letters };
  const empty = { ...common, blank: () => '<span class="blank"></span>' };
  const filled = (/** @type {number} */ value, digits = 4) => `<span class="solved">${number(value, digits)}</span>`;
  const solved = { ...common, blank: filled };
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${text("sheet.title")}</title>
<style>${STYLE}</style></head><body>
<section>${writePicture(pixels)}<h1>${text("sheet.title")}</h1>${writeIntro(common)}${writeExercises(empty)}</section>
<section class="solution">${writePicture(pixels)}<h1>${text("sheet.solution")}</h1>${writeExercises(solved)}
<p>${text("sheet.rounding")}</p></section></body></html>`;
}

/** @param {Uint8Array} pixels */
function writePicture(pixels) {
  const squares = Array.from(pixels, (byte, i) => {
    const grey = 255 - byte;
    return byte && `<path fill="rgb(${grey},${grey},${grey})" d="M${i % SIDE} ${Math.floor(i / SIDE)}h1v1h-1z"/>`;
  });
  const label = text("micro.picture");
  const inked = squares.filter(Boolean).join("");
  return `<svg viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="${label}">${inked}</svg>`;
}

/** @param {Omit<Sheet, "blank">} sheet */
function writeIntro({ t, path, letters }) {
  const units = letters.map((names, k) =>
    `${symbol(names.a)}[${path[k + 1]}]`).join(" → ");
  return `<p>${text("sheet.intro", t.label, number(t.eta), t.config.hidden.join(", "))}</p>
<p>${text("sheet.path", nameSource(0, path[0]), units)}</p>`;
}

/** @param {Sheet} sheet */
function writeExercises(sheet) {
  const layers = sheet.letters.map((_, k) => k);
  const parts = [
    ...layers.map((k) => writeForward(sheet, k)),
    writeLoss(sheet),
    ...[...layers].reverse().flatMap((k) => [
      k === layers.length - 1 ? writeOutput(sheet) : writeHidden(sheet, k), writeGradient(sheet, k),
    ]),
    writeUpdate(sheet),
  ];
  return parts.map(([title, body], n) => `<div><h2>${n + 1}. ${title}</h2>${body}</div>`).join("\n");
}

/** @param {import("./mathml.js").Symbol} name */
const symbol = ([base, index]) => `<i>${base}</i>${index ? `<sub>${index}</sub>` : ""}`;

/** @param {Sheet} sheet @param {number} k @param {import("./mathml.js").Symbol} name */
const at = ({ path }, k, name) => `${symbol(name)}[${path[k + 1]}]`;

/**
 * The place of the weight on the path.
 * @param {Sheet} sheet
 * @param {number} k
 */
function weightAt({ path, letters }, k) {
  return `${symbol(letters[k].W)}[${formatWeightPlace(k, path[k + 1], path[k])}]`;
}

/** @param {...string} titles */
const headings = (...titles) => `<tr>${titles.map((title) => `<th>${title}</th>`).join("")}</tr>`;

/** A row of a sum that is not asked for. @param {string} title @param {number} value */
const given = (title, value) => `<tr><th>${title}</th><td></td><td></td><td>${number(value)}</td></tr>`;

/**
 * A row of a sum that is asked for.
 * @param {string} title
 * @param {number} weight
 * @param {string} input
 * @param {string} product
 */
const asked = (title, weight, input, product) =>
  `<tr><th>${title}</th><td>${number(weight)}</td><td>${input}</td><td>${product}</td></tr>`;

/**
 * @param {Sheet} sheet
 * @param {number} k
 * @returns {[string, string]}
 */
function writeForward(sheet, k) {
  const { t, path, letters, blank } = sheet;
  const unit = path[k + 1];
  const terms = listTerms(t, t, { layer: k, unit });
  const rest = terms.slice(TERMS).reduce((sum, { value }) => sum + value, 0);
  const rows = terms.slice(0, TERMS).map(({ from, weight, input, value }) =>
    asked(nameSource(k, from), weight, k && from === path[k] ? blank(input) : number(input), blank(value)));
  const { a, b, z, f } = letters[k];
  const formula = f === "σ" ? " = 1 / (1 + e<sup>−z</sup>)" : "";
  return [text("sheet.forward", at(sheet, k, a)), `
<table>${headings("", text("terms.weight"), text("terms.input"), text("terms.product"))}${rows.join("")}
${given(text("terms.rest", Math.max(terms.length - TERMS, 0)), rest)}
${given(`${text("terms.bias")} ${at(sheet, k, b)}`, t.biases[k][unit])}</table>
<p>${at(sheet, k, z)} = ${blank(t.z[k][unit])}</p>
<p>${at(sheet, k, a)} = ${f}(${symbol(z)})${formula} = ${blank(t.a[k + 1][unit])}</p>`];
}

/**
 * @param {Sheet} sheet
 * @returns {[string, string]}
 */
function writeLoss({ t, path, blank }) {
  const chosen = path[path.length - 1];
  const digits = Array.from(t.o, (_, k) => k);
  const row = (/** @type {string} */ title, /** @type {(k: number) => string} */ cell) =>
    `<tr><th>${title}</th>${digits.map((k) => `<td>${cell(k)}</td>`).join("")}</tr>`;
  const o = (/** @type {number} */ k) => (k === chosen ? blank(t.o[k]) : number(t.o[k]));
  const table = `<table>${row(text("micro.digit"), String)}${row("<i>o</i>", o)}
${row("<i>l</i>", (k) => String(t.l[k]))}</table>`;
  const lines = [...new Map([[t.reportedName, t.reported], [t.descendedName, t.descended]])].map(([name, value]) =>
    `<p>${text(`loss.${name}`)}: ${formulaOf(name)} = ${blank(value)}</p>`);
  return [text("sheet.loss"), table + lines.join("")];
}

/** @param {string} name */
function formulaOf(name) {
  if (name === "mean squared error") return "(1/n) Σ (<i>o</i> − <i>l</i>)²";
  if (name === "categorical cross-entropy") return "−Σ <i>l</i> ln <i>o</i>";
  return "−Σ [<i>l</i> ln <i>o</i> + (1 − <i>l</i>) ln(1 − <i>o</i>)]";
}

/**
 * @param {Sheet} sheet
 * @returns {[string, string]}
 */
function writeOutput({ t, letters, blank }) {
  const last = letters.length - 1;
  const name = symbol(letters[last].delta);
  const formula = t.training.loss !== "mse" ? "<i>o</i> − <i>l</i>"
    : t.config.output === "softmax" ? "<i>o</i> (<i>g</i> − Σ <i>g o</i>), <i>g</i> = (2/n)(<i>o</i> − <i>l</i>)"
      : "(2/n)(<i>o</i> − <i>l</i>) <i>o</i> (1 − <i>o</i>)";
  const cells = Array.from(t.delta[last], (d, k) => `<tr><th>${name}[${k}]</th><td>${blank(d)}</td></tr>`);
  return [text("sheet.delta", name), `<p>${name} = ${formula}</p><table>${cells.join("")}</table>`];
}

/**
 * @param {Sheet} sheet
 * @param {number} k
 * @returns {[string, string]}
 */
function writeHidden(sheet, k) {
  const { t, path, letters, blank } = sheet;
  const [unit, width, next] = [path[k + 1], t.z[k].length, letters[k + 1]];
  const terms = Array.from(t.delta[k + 1], (input, from) => {
    const weight = t.weights[k + 1][from * width + unit];
    return { from, weight, input, value: weight * input };
  }).sort((p, q) => Math.abs(q.value) - Math.abs(p.value));
  const sumOf = (/** @type {typeof terms} */ some) => some.reduce((total, { value }) => total + value, 0);
  const rows = terms.slice(0, BACK).map(({ from, weight, input, value }) => {
    const name = `${symbol(next.delta)}[${from}]`;
    const isAsked = k + 2 === letters.length || from === path[k + 2]; // it was worked out before
    return asked(name, weight, isAsked ? blank(input) : number(input), blank(value));
  });
  const others = terms.slice(BACK);
  const [sum, { a, delta, f }] = [sumOf(terms), letters[k]];
  const slope = f === "σ" ? `${at(sheet, k, a)} (1 − ${at(sheet, k, a)})` : "f′";
  return [text("sheet.delta", at(sheet, k, delta)), `<table>
${headings("", symbol(next.W), symbol(next.delta), text("terms.product"))}${rows.join("")}
${others.length ? given(text("terms.rest", others.length), sumOf(others)) : ""}</table>
<p>${text("micro.sum")}: ${blank(sum)}</p>
<p>${slope} = ${blank(sum === 0 ? 0 : t.delta[k][unit] / sum)}</p>
<p>${at(sheet, k, delta)} = ${blank(t.delta[k][unit])}</p>`];
}

/**
 * @param {Sheet} sheet
 * @param {number} k
 * @returns {[string, string]}
 */
function writeGradient(sheet, k) {
  const { t, path, letters, blank } = sheet;
  const pixel = `<i>x</i>[${formatPixel(path[0])}]`;
  const below = k ? at(sheet, k - 1, letters[k - 1].a) : pixel;
  const found = t.dW[k][path[k + 1] * t.a[k].length + path[k]];
  const [b, delta] = [at(sheet, k, letters[k].b), at(sheet, k, letters[k].delta)];
  return [text("sheet.gradient", weightAt(sheet, k)), `
<p>∂<i>L</i>/∂${weightAt(sheet, k)} = ${delta} · ${below} = ${blank(found, 6)}</p>
<p>∂<i>L</i>/∂${b} = ${delta} = ${blank(t.db[k][path[k + 1]], 6)}</p>`];
}

/**
 * @param {Sheet} sheet
 * @returns {[string, string]}
 */
function writeUpdate(sheet) {
  const { t, path, letters, blank } = sheet;
  const lines = letters.flatMap((names, k) => {
    const [unit, n] = [path[k + 1], path[k + 1] * t.a[k].length + path[k]];
    return [
      `<p>${weightAt(sheet, k)}: ${number(t.weights[k][n], 6)} → ${blank(t.newWeights[k][n], 6)}</p>`,
      `<p>${at(sheet, k, names.b)}: ${number(t.biases[k][unit], 6)} → ${blank(t.newBiases[k][unit], 6)}</p>`,
    ];
  });
  return [text("sheet.update", number(t.eta)), lines.join("")];
}
