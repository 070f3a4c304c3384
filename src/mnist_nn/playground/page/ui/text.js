/**
 * The words of the page: a key to text in the language of the page.
 *
 * Whoever has words has a strings.js with the English ones, and a room adds its own when it is loaded. Every other
 * language is one table with all words, loaded when it is wanted; what it lacks stays English. `{0}`, `{1}` … stand for
 * values.
 */

import * as explanations from "./explain/strings.js";
import { localize, setLanguage } from "./language.js";
import * as shared from "./strings.js";
import * as training from "./training/strings.js";

/** @typedef {Readonly<Record<string, string>>} Words text by key */
/** @typedef {{en: Words}} Strings */
/** A language by its tag: its name in itself, and what loads its words. English needs none.
 * @typedef {Readonly<Record<string, {name: string, load?: () => Promise<Words>}>>} Languages */
/** @typedef {import("../core/errors.js").Told} Told */

/** @type {Record<string, string>} */
const english = {};
/** @type {Words} */
let words = {};

addStrings(shared);
addStrings(explanations);
addStrings(training);

/**
 * Make English text known, from now on.
 * @param {Strings} strings
 */
export function addStrings({ en }) {
  Object.assign(english, en);
}

/**
 * The language to speak: the one that is asked for, or the first of the browser's that there is, or English.
 * @param {Languages} languages
 * @param {string | null} asked
 * @param {readonly string[]} preferred
 */
export function chooseLanguage(languages, asked, preferred = globalThis.navigator?.languages ?? []) {
  const tags = [asked ?? "", ...preferred].map((tag) => tag.split("-")[0]);
  return tags.find((tag) => Object.hasOwn(languages, tag)) ?? "en";
}

/**
 * Speak a language from now on: before anything is shown, because what is shown stays as it is.
 * @param {Languages} languages
 * @param {string} tag
 */
export async function speak(languages, tag) {
  words = (await languages[tag].load?.()) ?? {};
  setLanguage(tag);
}

/**
 * Text in the language of the page.
 * @param {string} key
 * @param {...(string | number)} values for {0}, {1} …
 * @returns {string}
 */
export function text(key, ...values) {
  const pattern = words[key] ?? english[key];
  if (pattern === undefined) throw new Error(`no strings.js that is loaded has text for ${key}`);
  return put(pattern, values);
}

/**
 * What went wrong, in the language of the page where the error has its values apart.
 * @param {unknown} problem an error, or what the worker says of one
 * @returns {string}
 */
export function explain(problem) {
  const { message, told } = /** @type {{message: string, told?: Told}} */ (problem);
  return told ? translate(told) : message;
}

/**
 * @param {Told} told
 * @returns {string}
 */
function translate({ pattern, values }) {
  return put(words[pattern] ?? pattern, values.map((one) => (typeof one === "object" ? translate(one) : one)));
}

/**
 * @param {string} pattern
 * @param {(string | number)[]} values
 */
function put(pattern, values) {
  const written = values.map((value) => (typeof value === "number" ? localize(String(value)) : value));
  return pattern.replace(/\{(\d)\}/g, (_, n) => String(written[n]));
}

