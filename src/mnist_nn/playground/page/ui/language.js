/**
 * The language that the page speaks, and how numbers are written in it. The words are in text.js.
 *
 * Some browsers call a system without a language "C" (WebKitGTK does), and number formats made for the browser's
 * language, as the charts make them, then refuse to be made. The page speaks English there. Import this before them.
 */

try {
  Intl.getCanonicalLocales(globalThis.navigator?.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}

let current = "en";
let point = ".";

/** The tag of the language, such as "en". */
export const language = () => current;

/** @param {string} tag */
export function setLanguage(tag) {
  current = tag;
  if (globalThis.document) document.documentElement.lang = tag;
  point = new Intl.NumberFormat(tag).formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";
}

/**
 * Digits as JavaScript writes them, with the decimal separator of the language. Their rounding stays JavaScript's,
 * which is that of the numbers compared with the library.
 * @param {string} digits
 */
export const localize = (digits) => digits.replace(".", point);

/** @param {number} value a whole number */
export const count = (value) => Math.round(value).toLocaleString(current);
