/**
 * The page itself: a sheet to draw on, what the network sees, its decision and its probabilities.
 */

import { SIDE, drawStrokes, renderInk } from "../../../playground/page/ui/ink.js";
import { answer, countMisjudged, frameInk, largestDifference, open, readPictures, decideOn } from "./answers.js";

/** @typedef {import("../../../playground/page/ui/ink.js").Point} Point */

const WIDTH = 0.085; // of the sheet: as thick as MNIST's lines, for a digit that fills most of it
const SAME = 1e-6; // answers nearer than this are the reference engine's

/** @type {import("./answers.js").Page} */
const page = JSON.parse(/** @type {string} */ (find("#model").textContent));
const model = open(page);
const sheet = /** @type {HTMLCanvasElement} */ (find("#sheet"));
/** @type {Point[][]} */
let strokes = [];
/** @type {Point[] | null} */
let growing = null;

/** @param {string} selector */
function find(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** @param {HTMLCanvasElement} canvas */
const context = (canvas) =>
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));

function paintSheet() {
  const side = Math.max(1, Math.round(sheet.clientWidth * devicePixelRatio));
  sheet.width = sheet.height = side;
  const pen = context(sheet);
  pen.strokeStyle = getComputedStyle(sheet).color;
  drawStrokes(pen, strokes, side);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} pixels 28×28
 */
function paintPixels(canvas, pixels) {
  canvas.width = canvas.height = 28;
  const pen = context(canvas);
  const image = pen.createImageData(28, 28);
  const [red, green, blue] = (getComputedStyle(canvas).color.match(/\d+/g) ?? []).map(Number);
  for (let i = 0; i < 784; i++) image.data.set([red, green, blue, pixels[i]], 4 * i);
  pen.putImageData(image, 0, 0);
}

/** @param {number} share */
function percent(share) {
  const text = `${Math.round(100 * share)} %`;
  return share > 0.995 ? "> 99 %" : share < 0.005 ? "< 1 %" : text;
}

const named = page.class_names?.some((name, digit) => name !== String(digit)) ?? false; // not digits
const classes = page.class_names ?? Array.from({ length: page.network.outputs }, (_, label) => String(label));

/** @param {number} label */
const a = (label) => (named ? `“${classes[label]}”` : label === 8 ? "an 8" : `a ${label}`);

/** What stands large beside the answer, where long names have no room. @param {number} label */
const signOf = (label) => (classes[label].length > 2 ? "" : classes[label]);

/**
 * Sign, headline and reason.
 * @param {import("./answers.js").Answer} given
 * @returns {[string, string, string]}
 */
function words(given) {
  const { decision, digit, runnerUp } = decideOn(model, page, given);
  const p = given.probabilities;
  const [kind, all] = named ? ["one of these", `these ${classes.length} classes`] : ["a digit", "the ten digits"];
  const unlike = `the probability that it is ${kind} is only ${percent(given.is_digit)}`;
  if (decision === "not a digit") return ["#", named ? "None of these" : "Not a digit", `Not accepted: ${unlike}.`];
  if (decision === "digit") {
    return [signOf(digit), `This is ${a(digit)}`, `Its probability among ${all} is ${percent(p[digit])}.`];
  }
  const why = given.is_digit < p[digit] ? unlike : `it may be ${a(runnerUp)} (${percent(p[runnerUp])})`;
  return [signOf(digit), `Perhaps ${a(digit)}`, `Doubtful: ${why}.`];
}

/**
 * @param {Uint8Array | null} pixels
 * @param {boolean} aloud whether a screen reader is told
 */
function show(pixels, aloud) {
  paintPixels(/** @type {HTMLCanvasElement} */ (find("#seen")), pixels ?? new Uint8Array(784));
  const given = pixels?.some((pixel) => pixel > 0) ? answer(model, pixels) : null;
  const [sign, headline, reason] = given
    ? words(given)
    : ["–", "Nothing to read", `Draw a ${named ? "picture" : "digit"}, or choose one below.`];
  find("#sign").textContent = sign;
  find("#headline").textContent = headline;
  find("#reason").textContent = reason;
  if (aloud) find("#aloud").textContent = `${headline}. ${reason}`;
  const shares = given?.probabilities ?? Array.from({ length: page.network.outputs }, () => null);
  find("#classes").classList.toggle("named", named);
  find("#classes").replaceChildren(...shares.map((share, i) => bar(i, share)));
}

/**
 * @param {number} label
 * @param {number | null} share
 */
function bar(label, share) {
  const shown = share === null ? "" : percent(share);
  const meter = element("meter", { min: "0", max: "1", value: String(share ?? 0), "aria-hidden": "true" });
  return element("li", {}, element("b", {}, classes[label]), meter, element("span", {}, shown));
}

/** @param {PointerEvent} event */
function point(event) {
  const box = sheet.getBoundingClientRect();
  const inside = (/** @type {number} */ value) => Math.min(Math.max(value, 0), 1);
  return {
    x: inside((event.clientX - box.left) / box.width),
    y: inside((event.clientY - box.top) / box.height),
    width: WIDTH * (event.pointerType === "pen" ? 0.5 + event.pressure : 1),
  };
}

/** @param {boolean} aloud */
function redraw(aloud) {
  paintSheet();
  show(frameInk(renderInk(strokes), SIDE), aloud);
}

/** @param {PointerEvent} event */
function begin(event) {
  if (event.button !== 0 || growing) return;
  event.preventDefault();
  sheet.setPointerCapture(event.pointerId);
  growing = [point(event)];
  strokes = [...strokes, growing];
  redraw(false);
}

/** @param {PointerEvent} event */
function grow(event) {
  if (!growing) return;
  const all = event.getCoalescedEvents?.() ?? [];
  growing.push(...(all.length ? all : [event]).map(point));
  redraw(false);
}

function end() {
  if (!growing) return;
  growing = null;
  redraw(true);
}

/** @param {Point[][]} next */
function take(next) {
  strokes = next;
  redraw(true);
}

/**
 * A button that shows one of the test pictures.
 * @param {Uint8Array} pixels
 * @param {number} i
 */
function example(pixels, i) {
  const canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { class: "pixels" }));
  const button = element("button", { type: "button", "aria-label": `Test picture ${i + 1}` }, canvas);
  button.addEventListener("click", () => {
    strokes = [];
    paintSheet();
    show(pixels, true);
  });
  find("#examples").append(button);
  paintPixels(canvas, pixels);
}

function repaint() {
  find("#examples").replaceChildren();
  readPictures(page).forEach(example);
  redraw(false);
}

function facts() {
  const apart = largestDifference(model, page);
  const { shape, made_by: maker, test_accuracy: accuracy, refusal, vectors } = page;
  const same = apart <= SAME && countMisjudged(model, page) === 0;
  const proof = same ? "gives the same answers as the reference engine" : "DIFFERS from the reference engine";
  const difference = `largest difference ${apart.toExponential(0)}`;
  const limit = refusal && Number((100 * refusal.max_error).toFixed(2));
  return [
    `A network of ${shape} units${
      accuracy ? `; it reads ${(100 * accuracy).toFixed(2)} % of the test images correctly` : ""
    }.`,
    refusal ? `On pictures like those it was tested on, at most ${limit} % of the ${
      named ? "answers" : "single digits"} that it accepts are ` +
      "wrong. One calibration in 20 may break this promise." : "",
    `This page checked itself on ${vectors.count} test pictures and ${proof} (${difference}).`,
    `Your drawings never leave this page. Made by ${maker}.`,
  ].filter(Boolean);
}

sheet.addEventListener("pointerdown", begin);
sheet.addEventListener("pointermove", grow);
for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) sheet.addEventListener(name, end);
find("#undo").addEventListener("click", () => take(strokes.slice(0, -1)));
find("#clear").addEventListener("click", () => take([]));
new ResizeObserver(paintSheet).observe(sheet);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
find("#facts").replaceChildren(...facts().map((fact) => element("p", {}, fact)));
repaint();
