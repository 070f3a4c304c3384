/**
 * The thread that trains, so that the page never waits: it loads MNIST by itself and does what host.js does.
 */

import { loadSamples } from "../core/data.js";
import { Host } from "./host.js";

const STEP = 10; // of the test images, the part that is asked while an epoch is under way

/** @returns {Promise<import("./lane.js").Data>} */
async function load() {
  const url = (/** @type {string} */ name) => new URL(`../data/${name}.gz`, import.meta.url);
  const [train, test] = await Promise.all([
    loadSamples(url("train-images"), url("train-labels")),
    loadSamples(url("test-images"), url("test-labels")),
  ]);
  return { train, test, few: takeEvery(STEP, test) };
}

/**
 * Every n-th image, from all over the set: the first half of MNIST's test images is easier than the second.
 * @param {number} n
 * @param {import("../core/data.js").Samples} samples
 */
function takeEvery(n, { images, labels, count }) {
  const pixels = images.length / count;
  const rows = Array.from({ length: Math.floor(count / n) }, (_, i) => i * n);
  const chosen = new Uint8Array(rows.length * pixels);
  rows.forEach((row, i) => chosen.set(images.subarray(row * pixels, (row + 1) * pixels), i * pixels));
  return { images: chosen, labels: Uint8Array.from(rows, (row) => labels[row]) };
}

/** Timers wait four milliseconds at least; a message to oneself comes at once, after those that came before. */
const channel = new MessageChannel();
/** @param {number} milliseconds */
const rest = (milliseconds) => new Promise((/** @type {(value: void) => void} */ resolve) => {
  if (milliseconds > 0) {
    setTimeout(resolve, milliseconds);
  } else {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  }
});

const worker = new Host((report) => postMessage(report), load, rest);
onmessage = ({ data: { id, ...message } }) => (id === undefined ? worker.obey(message) : worker.answer(id, message));
