/**
 * Updates as worksheets for a class: a page for each to print, with blanks, and the solutions on pages of their own.
 *
 * Every blank says what it stands for (`data-is`), so that a test can compare the solutions with the library.
 */

import { activation } from "../../core/activations.js";
import { number } from "../../ui/format.js";
import { nameSource, listTerms } from "../../ui/terms.js";
import { text } from "../../ui/text.js";
import { chooseLetters, formatPixel, formatWeightPlace } from "./symbols.js";

/** @typedef {import("../../core/trace.js").Trace} Trace */
/** @typedef {import("./path.js").Path} Path */
/** @typedef {import("./symbols.js").Letters} Letters */
/** @typedef {{t: Trace, path: Path, pixels: Uint8Array, image: string}} Update */
/** @typedef {(is: string, value: number, digits?: number) => string} Blank */
/** @typedef {{t: Trace, path: Path, letters: Letters[], blank: Blank}} Sheet */

const SIDE = 28;
const TERMS = 6; // of a sum that are to be worked out; the others are given together
const BACK = 10; // likewise on the way back
const ABREAST = 5; // outputs in a row of a table

/** @type {Blank} */
const leaveBlank = (is) => `<span class="blank" data-is="${is}"></span>`;

/** @type {Blank} */
const solve = (is, value, digits = 4) => `<span class="solved" data-is="${is}">${number(value, digits)}</span>`;

/**
 * The sheets of a class, one a page, and then their solutions, one a page.
 * @param {Update[]} updates
 * @param {{solutions: boolean}} wanted
 * @returns {string} HTML for a page's body
 */
export function writeWorksheets(updates, { solutions }) {
  const title = (/** @type {string} */ name, /** @type {number} */ i) =>
    (updates.length > 1 ? text("sheet.numbered", text(name), i + 1, updates.length) : text(name));
  const sheets = updates.map((update, i) => writeSheet(update, title("sheet.title", i), leaveBlank));
  const solved = updates.map((update, i) => writeSheet(update, title("sheet.solution", i), solve));
  return [...sheets, ...(solutions ? solved : [])].join("\n");
}

/**
 * The same as a page of its own.
 * @param {string} sheets
 * @param {string} style
 * @param {string} language
 */
export function writePage(sheets, style, language) {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${text("sheet.title")}</title>
<style>${style}</style></head><body class="worksheets">
${sheets}
</body></html>`;
}

/**
 * @param {Update} update
 * @param {string} title
 * @param {Blank} blank
 */
function writeSheet({ t, path, pixels, image }, title, blank) {
  const letters = chooseLetters(t.config);
  const sheet = { t, path, letters, blank };
  const isSolution = blank === solve;
  const intro = isSolution ? `<p>${text("sheet.rounding")}</p>` : writeIntro(sheet);
  return `<section class="${isSolution ? "solution" : "exercise"}" data-image="${image}" data-path="${path.join(" ")}">
<header>${writePicture(pixels)}<div><h1>${title}</h1><p>${nameImage(image)}</p>${intro}</div></header>
<div class="exercises">${writeExercises(sheet)}</div></section>`;
}

/** What the image is called, so that a sheet and its solution find each other. @param {string} image */
function nameImage(image) {
  const [kind, n] = image.split(":");
  return kind === "pixels" ? text("micro.drawn") : `${text(`micro.${kind}`)} ${n}`;
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

/** @param {Sheet} sheet */
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
    asked(nameSource(k, from), weight, k && from === path[k] ? blank(`a.${k - 1}.${from}`, input) : number(input),
      blank(`term.${k}.${from}`, value)));
  const { a, b, z, f } = letters[k];
  const formula = f === "σ" ? " = 1 / (1 + e<sup>−z</sup>)"
    : f === "softmax" ? ` = e<sup>z</sup> / ${number(sumOfPowers(t))}` : "";
  return [text("sheet.forward", at(sheet, k, a)), `
<table>${headings("", text("terms.weight"), text("terms.input"), text("terms.product"))}${rows.join("")}
${given(text("terms.rest", Math.max(terms.length - TERMS, 0)), rest)}
${given(`${text("terms.bias")} ${at(sheet, k, b)}`, t.biases[k][unit])}</table>
<p>${at(sheet, k, z)} = ${blank(`z.${k}.${unit}`, t.z[k][unit])}</p>
<p>${at(sheet, k, a)} = ${f}(${symbol(z)})${formula} = ${blank(`a.${k}.${unit}`, t.a[k + 1][unit])}</p>`];
}

/**
 * @param {Sheet} sheet
 * @returns {[string, string]}
 */
function writeLoss({ t, path, blank }) {
  const chosen = path[path.length - 1];
  const o = (/** @type {number} */ k) => (k === chosen ? blank(`a.${t.z.length - 1}.${k}`, t.o[k]) : number(t.o[k]));
  const table = writeAbreast(t, [[text("micro.digit"), String], ["<i>o</i>", o], ["<i>l</i>", (k) => String(t.l[k])]]);
  const lines = [...new Map([[t.reportedName, t.reported], [t.descendedName, t.descended]])].map(([name, value]) =>
    `<p>${text(`loss.${name}`)}: ${formulaOf(name)} = ${blank(`loss.${name}`, value)}</p>`);
  return [text("sheet.loss"), table + lines.join("")];
}

/**
 * A table of the outputs, five abreast.
 * @param {Trace} t
 * @param {[string, (digit: number) => string][]} rows
 */
function writeAbreast(t, rows) {
  const starts = Array.from({ length: Math.ceil(t.o.length / ABREAST) }, (_, i) => i * ABREAST);
  const lines = starts.flatMap((start) => {
    const digits = Array.from(t.o, (_, k) => k).slice(start, start + ABREAST);
    const cells = (/** @type {(digit: number) => string} */ cell) => digits.map((k) => `<td>${cell(k)}</td>`).join("");
    return rows.map(([title, cell]) => `<tr><th>${title}</th>${cells(cell)}</tr>`);
  });
  return `<table class="abreast">${lines.join("")}</table>`;
}

/** What softmax divides by. @param {Trace} t */
const sumOfPowers = ({ z }) => z[z.length - 1].reduce((sum, value) => sum + Math.exp(value), 0);

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
  const table = writeAbreast(t, [[text("micro.digit"), String],
    [name, (k) => blank(`delta.${last}.${k}`, t.delta[last][k])]]);
  return [text("sheet.delta", name), `<p>${name} = ${formula}</p>${table}`];
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
    return asked(name, weight, isAsked ? blank(`delta.${k + 1}.${from}`, input) : number(input),
      blank(`back.${k}.${from}`, value));
  });
  const others = terms.slice(BACK);
  const [sum, { a, delta, f }] = [sumOf(terms), letters[k]];
  const slope = f === "σ" ? `${at(sheet, k, a)} (1 − ${at(sheet, k, a)})` : "f′";
  return [text("sheet.delta", at(sheet, k, delta)), `<table>
${headings("", symbol(next.W), symbol(next.delta), text("terms.product"))}${rows.join("")}
${others.length ? given(text("terms.rest", others.length), sumOf(others)) : ""}</table>
<p>${text("micro.sum")}: ${blank(`sum.${k}.${unit}`, sum)}</p>
<p>${slope} = ${blank(`slope.${k}.${unit}`, activation(t.config.activation[k]).derivative(t.a[k + 1][unit]))}</p>
<p>${at(sheet, k, delta)} = ${blank(`delta.${k}.${unit}`, t.delta[k][unit])}</p>`];
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
<p>∂<i>L</i>/∂${weightAt(sheet, k)} = ${delta} · ${below} = ${blank(`dW.${k}`, found, 6)}</p>
<p>∂<i>L</i>/∂${b} = ${delta} = ${blank(`db.${k}`, t.db[k][path[k + 1]], 6)}</p>`];
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
      `<p>${weightAt(sheet, k)}: ${number(t.weights[k][n], 6)} → ${blank(`W.${k}`, t.newWeights[k][n], 6)}</p>`,
      `<p>${at(sheet, k, names.b)}: ${number(t.biases[k][unit], 6)} → ${blank(`b.${k}`, t.newBiases[k][unit], 6)}</p>`,
    ];
  });
  return [text("sheet.update", number(t.eta)), lines.join("")];
}
