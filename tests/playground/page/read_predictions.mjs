// What the page thinks of images: node read_predictions.mjs MODEL IMAGES, where IMAGES holds JSON lists of bytes.
import { readFileSync } from "node:fs";

import { decide, predict } from "#page/core/calibration.js";
import { read } from "#page/core/modelfile.js";

const [, , file, images] = process.argv;
const model = read(new Uint8Array(readFileSync(file)).buffer);
const seen = JSON.parse(readFileSync(images, "utf8")).map((pixels) => {
  const prediction = predict(model, Uint8Array.from(pixels));
  return { ...prediction, probabilities: [...prediction.probabilities], ...decide(model, prediction) };
});
console.log(JSON.stringify(seen));
