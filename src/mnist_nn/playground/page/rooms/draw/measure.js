/**
 * Asks the worker how many test digits the network reads right, before and after the changes; the last question wins.
 */

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../ui/edits.js").Edits} Edits */
/** @typedef {{layer: number, count: number}} Wanted a map of that layer, with that many test images */
/** @typedef {{map: Wanted} & ReturnType<typeof import("./effects.js").mapLayer>} Mapped */
/** @typedef {{before: number, after: number, count: number, answers: Uint8Array, labels: Uint8Array}} Measured */

/**
 * @param {App} app
 * @param {(measured: Measured) => void} done
 * @param {(mapped: Mapped) => void} mapped
 */
export function buildMeasure(app, done, mapped) {
  const worker = new Worker(new URL("./effects-worker.js", import.meta.url), { type: "module" });
  /** @type {import("../../core/modelfile.js").Model | null} */
  let known = null;
  /** @type {Uint8Array} */
  let labels = new Uint8Array(0);
  let ticket = 0;
  let busy = false;
  /** @type {Edits | null} */
  let waiting = null;
  worker.addEventListener("message", ({ data }) => {
    if (data.map) {
      mapped(data);
      return;
    }
    busy = false;
    if (data.ticket === ticket) done({ ...data, count: labels.length, labels });
    if (waiting) ask(waiting);
  });
  const ask = async (/** @type {Edits} */ edits) => {
    waiting = null;
    const samples = await app.test();
    if (busy) {
      waiting = edits;
      return;
    }
    busy = true;
    labels = samples.labels;
    const isNew = known !== app.model;
    known = app.model;
    const model = isNew ? { network: app.model.network, images: samples.images, labels } : {};
    worker.postMessage({ ticket: ++ticket, edits, ...model });
  };
  /** Once the network is known there, which every question before has seen to. @param {Wanted} map */
  const askMap = (map) => worker.postMessage({ map });
  return { ask, askMap, close: () => worker.terminate() };
}
