/**
 * The words of the page: a key to text in the user's language.
 *
 * Whoever has words has a strings.js with a table for each language (`export const en = {…}`), and a room adds its own
 * when it is loaded. What a language lacks stays English. `{0}`, `{1}` … stand for values.
 */

import * as explanations from "./explain/strings.js";
import * as shared from "./strings.js";
import * as training from "./training/strings.js";

/** @typedef {Readonly<Record<string, Readonly<Record<string, string>>>>} Strings text by language and key */

/** @type {Record<string, Record<string, string>>} */
const tables = { en: {} };

/** Languages of the user, the preferred first. */
const wanted = (globalThis.navigator?.languages ?? []).map((tag) => tag.split("-")[0]);

addStrings(shared);
addStrings(explanations);
addStrings(training);

/**
 * Make text known, from now on.
 * @param {Strings} strings
 */
export function addStrings(strings) {
  for (const [language, table] of Object.entries(strings)) tables[language] = { ...tables[language], ...table };
}

/**
 * Text in the first of the user's languages that there is a table for.
 * @param {string} key
 * @param {...(string | number)} values for {0}, {1} …
 * @returns {string}
 */
export function text(key, ...values) {
  const language = wanted.find((tag) => Object.hasOwn(tables, tag)) ?? "en";
  const pattern = tables[language][key] ?? tables.en[key];
  if (pattern === undefined) throw new Error(`no strings.js that is loaded has text for ${key}`);
  return pattern.replace(/\{(\d)\}/g, (_, n) => String(values[n]));
}
