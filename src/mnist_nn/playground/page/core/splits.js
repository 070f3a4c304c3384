/**
 * Choose rows of a data set: a smaller set, or a hold-out, with every class in its share.
 *
 * The rows are those that the library's splits.py chooses with the same key.
 */

import { DataError, say } from "./errors.js";
import { permutation, roundHalfEven } from "./random.js";

/** @typedef {import("./random.js").Key} Key */

/**
 * Choose `count` rows at random, each class in proportion to its size.
 * @param {Uint8Array} labels
 * @param {number} count 1 to their number
 * @param {Key} k the run's key folded with SUBSET
 * @returns {Uint32Array} row numbers, ascending
 */
export function subset(labels, count, k) {
  return findRows(choose(labels, count, k), 1);
}

/**
 * Split the rows at random into training and validation.
 * @param {Uint8Array} labels
 * @param {number} share what validation gets: a fraction below 1, or a whole number of rows
 * @param {Key} k the run's key folded with HOLD_OUT
 * @returns {{training: Uint32Array, validation: Uint32Array}} row numbers, ascending
 */
export function holdOut(labels, share, k) {
  const marks = choose(labels, share < 1 ? roundHalfEven(share * labels.length) : share, k);
  return { training: findRows(marks, 0), validation: findRows(marks, 1) };
}

/**
 * Mark the rows chosen: of each class as many as its quota, those that the shuffle puts first.
 * @param {Uint8Array} labels
 * @param {number} count
 * @param {Key} k
 */
function choose(labels, count, k) {
  if (!Number.isInteger(count) || count < 1 || count > labels.length) {
    throw new DataError(say`cannot choose ${count} of ${labels.length} images; give a whole number of them`);
  }
  const left = shareOut(labels, count);
  const marks = new Uint8Array(labels.length);
  for (const row of permutation(k, labels.length)) marks[row] = left[labels[row]]-- > 0 ? 1 : 0;
  return marks;
}

/**
 * Rows that every label gives: in proportion, rounded down, then 1 more to the largest remainders.
 * @param {Uint8Array} labels
 * @param {number} count
 */
function shareOut(labels, count) {
  const shares = Array.from({ length: 256 }, (_, label) => ({ label, size: 0, quota: 0, remainder: 0 }));
  for (const label of labels) shares[label].size++;
  for (const share of shares) {
    share.quota = Math.floor((share.size * count) / labels.length);
    share.remainder = share.size * count - share.quota * labels.length;
  }
  const missing = count - shares.reduce((sum, { quota }) => sum + quota, 0);
  // The sort is stable: among equal remainders the lower label comes first, as in the library.
  const largest = [...shares].sort((a, b) => b.remainder - a.remainder).slice(0, missing);
  for (const share of largest) share.quota++;
  return shares.map(({ quota }) => quota);
}

/**
 * @param {Uint8Array} marks
 * @param {number} mark
 */
function findRows(marks, mark) {
  const rows = new Uint32Array(marks.length);
  let count = 0;
  for (let row = 0; row < marks.length; row++) if (marks[row] === mark) rows[count++] = row;
  return rows.slice(0, count);
}
