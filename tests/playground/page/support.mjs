// What the tests of the playground's mathematics share: golden vectors, MNIST, and how near is near enough.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export { mnist } from "./mnist.mjs";

/** What the library computed (golden.py). */
export function golden(name) {
  return JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));
}

/** Bytes from base64. */
export const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

/** The largest distance between two lists of numbers, relative to the largest number of the second. */
export function distance(found, expected) {
  assert.equal(found.length, expected.length);
  let most = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    most = difference <= most ? most : difference; // so that NaN is not lost
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return scale > 0 ? most / scale : most;
}

/** Assert that numbers agree to a tolerance, relative to the largest of them. */
export function near(found, expected, tolerance, what = "values") {
  const apart = distance(found, expected);
  assert.ok(apart <= tolerance, `${what} are ${apart.toExponential(2)} apart, more than ${tolerance}`);
}

/** The same for a list of lists. */
export function allNear(found, expected, tolerance, what) {
  assert.equal(found.length, expected.length);
  expected.forEach((values, k) => near(found[k], values, tolerance, `${what} ${k}`));
}

/** Parameters in the library's order: W1, b1, W2, b2, … */
export const parameters = ({ weights, biases }) => weights.flatMap((W, k) => [W, biases[k]]);

/** How near each type of numbers comes to the library's. */
export const TOLERANCE = { float64: 1e-12, float32: 1e-6 };
