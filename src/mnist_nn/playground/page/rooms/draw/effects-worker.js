/**
 * Computes effects.js beside the page, so that drawing goes on meanwhile.
 */

import { answersWith, countRight, mapLayer, remember } from "./effects.js";

/** @type {import("./effects.js").Memory | null} */
let memory = null;

addEventListener("message", ({ data }) => {
  if (data.network) memory = remember(data.network, data.images, data.labels);
  if (!memory) return;
  if (data.map) {
    postMessage({ map: data.map, ...mapLayer(memory, data.map.layer, data.map.count) });
    return;
  }
  const answers = answersWith(memory, data.edits);
  postMessage({
    ticket: data.ticket,
    before: countRight(memory.answers, memory.labels),
    after: countRight(answers, memory.labels),
    answers: memory.answers,
  });
});
