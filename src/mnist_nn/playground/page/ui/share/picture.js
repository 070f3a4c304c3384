/**
 * A picture of what a room shows, as SVG: every box, text, drawing and canvas where it is on the page. Nothing of HTML
 * is in it, so that office programs and drawing programs open it too.
 */

import { DataError, say } from "../../core/errors.js";
import { s, set } from "../dom.js";

const PAINT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap",
  "opacity", "font-family", "font-size", "font-style", "font-weight", "text-anchor"];
const CONTROLS = "input, select, textarea, progress";
const MARGIN = 12; // around it

/** @typedef {{left: number, top: number}} Origin of the picture on the page */

/**
 * @param {HTMLElement} part
 * @returns {SVGSVGElement}
 */
export function drawPicture(part) {
  const box = part.getBoundingClientRect();
  const [width, height] = [box.width + 2 * MARGIN, box.height + 2 * MARGIN];
  const origin = { left: box.left - MARGIN, top: box.top - MARGIN };
  const ground = getComputedStyle(document.body).backgroundColor;
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, s("rect", { width, height, fill: ground }),
    ...drawElement(part, origin));
}

const TOO_LARGE = say`the picture is too large for a PNG; save it as SVG`;

/** @param {SVGSVGElement} picture */
export const writeSvg = (picture) => new XMLSerializer().serializeToString(picture);

/**
 * The same as pixels, two for each of the page.
 * @param {SVGSVGElement} picture
 * @returns {Promise<Blob>}
 */
export async function writePng(picture) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(writeSvg(picture))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * image.width;
  canvas.height = 2 * image.height;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new DataError(TOO_LARGE)))));
}

/**
 * @param {Element} element
 * @param {Origin} origin
 * @returns {Node[]}
 */
function drawElement(element, origin) {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const isThere = style.display !== "none" && style.visibility !== "hidden" && box.width > 1 && box.height > 1;
  if (style.display !== "contents" && !isThere) return [];
  if (style.position === "sticky") return []; // a bar that stays in sight covers what it is not about
  const drawn = isRange(element) ? [] : drawBox(style, box, origin);
  if (element instanceof HTMLCanvasElement) return [...drawn, ...drawCanvas(element, box, origin)];
  if (element instanceof SVGSVGElement) return [...drawn, copySvg(element, box, origin)];
  if (element.matches(CONTROLS)) return [...drawn, ...drawControl(element, style, box, origin)];
  const isClosed = element instanceof HTMLDetailsElement && !element.open;
  const shown = isClosed ? [...element.children].filter(({ tagName }) => tagName === "SUMMARY") : element.childNodes;
  const children = [...shown].flatMap((child) => {
    if (child instanceof Element) return drawElement(child, origin);
    return child instanceof Text ? drawText(child, style, origin) : [];
  });
  return [...drawn, ...children];
}

/** @param {Element} element */
const isRange = (element) =>
  element instanceof HTMLProgressElement || (element instanceof HTMLInputElement && element.type === "range");

/**
 * Background, border and outline.
 * @param {CSSStyleDeclaration} style
 * @param {DOMRect} box
 * @param {Origin} origin
 */
function drawBox(style, box, origin) {
  const isBordered = style.borderLeftStyle !== "none" && parseFloat(style.borderLeftWidth) > 0;
  const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const isFilled = !/^rgba\(.*, 0\)$|transparent/.test(style.backgroundColor);
  if (!isBordered && !isOutlined && !isFilled) return [];
  return [s("rect", {
    x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height,
    rx: parseFloat(style.borderTopLeftRadius) || null, fill: isFilled ? style.backgroundColor : "none",
    stroke: isBordered ? style.borderLeftColor : isOutlined ? style.outlineColor : null,
    "stroke-width": isBordered ? style.borderLeftWidth : null,
  })];
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {DOMRect} box
 * @param {Origin} origin
 */
function drawCanvas(canvas, box, origin) {
  if (!canvas.width || !canvas.height) return [];
  const isPixels = canvas.classList.contains("pixels");
  return [s("image", {
    x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height,
    href: canvas.toDataURL(), preserveAspectRatio: "none", "image-rendering": isPixels ? "pixelated" : null,
  })];
}

/**
 * A drawing with its style inside.
 * @param {SVGSVGElement} drawing
 * @param {DOMRect} box
 * @param {Origin} origin
 */
function copySvg(drawing, box, origin) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const [from, to] = [drawing, copy].map((one) => [...one.querySelectorAll("*")]);
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    ["class", "style", "tabindex", "role"].forEach((name) => to[i].removeAttribute(name));
    for (const name of PAINT) to[i].setAttribute(name, style.getPropertyValue(name));
    to[i].removeAttribute("pathLength");
  });
  copy.removeAttribute("class");
  const places = { x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height };
  set(copy, { ...places, overflow: "visible" });
  return copy;
}

/**
 * What a control says, in words.
 * @param {Element} control
 * @param {CSSStyleDeclaration} style
 * @param {DOMRect} box
 * @param {Origin} origin
 */
function drawControl(control, style, box, origin) {
  const [x, middle] = [box.left - origin.left, box.top - origin.top + box.height / 2];
  if (isRange(control)) {
    const { max, value } = /** @type {HTMLInputElement | HTMLProgressElement} */ (control);
    const min = control instanceof HTMLInputElement ? Number(control.min) : 0;
    const share = (Number(value) - min) / (Number(max) - min || 1);
    return [s("rect", { x, y: middle - 2, width: box.width, height: 4, rx: 2, fill: "#8888" }),
      s("circle", { cx: x + share * box.width, cy: middle, r: 6, fill: style.accentColor === "auto" ? style.color
        : style.accentColor })];
  }
  if (control instanceof HTMLInputElement && control.type === "checkbox") {
    const square = s("rect", { x, y: middle - 7, width: 14, height: 14, rx: 2, fill: "none", stroke: style.color });
    return control.checked ? [square, s("text", { x: x + 2, y: middle + 5, fill: style.color }, "✓")] : [square];
  }
  const words = control instanceof HTMLSelectElement ? control.selectedOptions[0]?.textContent
    : /** @type {HTMLInputElement} */ (control).value || /** @type {HTMLInputElement} */ (control).placeholder;
  const { fontSize, fontFamily, color } = style;
  return words ? [s("text", { x: x + 10, y: middle + 0.35 * parseFloat(fontSize), "font-size": fontSize,
    "font-family": fontFamily, fill: color }, words)] : [];
}

/**
 * Text, line by line.
 * @param {Text} node
 * @param {CSSStyleDeclaration} style
 * @param {Origin} origin
 */
function drawText(node, style, origin) {
  return splitLines(node).map(({ words, box }) => {
    const size = parseFloat(style.fontSize);
    return s("text", {
      x: box.left - origin.left, y: box.top - origin.top + box.height / 2 + 0.35 * size, textLength: box.width,
      lengthAdjust: "spacingAndGlyphs", "font-family": style.fontFamily, "font-size": style.fontSize,
      "font-style": style.fontStyle, "font-weight": style.fontWeight, fill: style.color,
    }, words);
  });
}

/**
 * The lines into which the page has broken a text, and where they are.
 * @param {Text} node
 */
function splitLines(node) {
  const range = document.createRange();
  /** @type {{words: string, box: {left: number, top: number, width: number, height: number}}[]} */
  const lines = [];
  for (const { 0: word, index } of node.data.matchAll(/\S+\s?/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const { left, top, right, height } = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (height === 0) continue;
    if (last && Math.abs(last.box.top - top) < height / 2) {
      last.words = `${last.words.trimEnd()} ${word}`;
      last.box.width = right - last.box.left;
    } else {
      lines.push({ words: word, box: { left, top, width: right - left, height } });
    }
  }
  return lines.map(({ words, box }) => ({ words: words.trimEnd(), box }));
}
