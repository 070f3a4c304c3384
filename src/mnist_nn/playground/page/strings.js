/**
 * All text of the page, one table a language: a new language is a new table, and whatever it lacks stays English.
 *
 * The English table is put together from one file a room. `{0}`, `{1}` … stand for values.
 */

import draw from "./strings/draw.js";
import history from "./strings/history.js";
import microscope from "./strings/microscope.js";
import race from "./strings/race.js";
import shell from "./strings/shell.js";
import train from "./strings/train.js";

/** @typedef {Readonly<Record<string, string>>} Table */

/** @type {Table} */
const en = { ...shell, ...draw, ...microscope, ...train, ...race, ...history };

/** @type {Readonly<Record<string, Table>>} */
export const LANGUAGES = Object.freeze({ en });

/** The first of the reader's languages that there is a table for. */
const language = (globalThis.navigator?.languages ?? [])
  .map((tag) => tag.split("-")[0])
  .find((tag) => Object.hasOwn(LANGUAGES, tag));

/**
 * Text in the reader's language.
 * @param {string} key
 * @param {...(string | number)} values for {0}, {1} …
 * @returns {string}
 */
export function text(key, ...values) {
  const pattern = LANGUAGES[language ?? "en"][key] ?? en[key];
  if (pattern === undefined) throw new Error(`strings.js has no text for ${key}`);
  return pattern.replace(/\{(\d)\}/g, (_, n) => String(values[n]));
}
