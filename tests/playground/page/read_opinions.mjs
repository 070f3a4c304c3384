// What the page thinks of images: node read_opinions.mjs MODEL IMAGES, where IMAGES holds JSON lists of bytes.
import { readFileSync } from "node:fs";

import { judge, opinions } from "../../../src/mnist_nn/playground/page/core/calibration.js";
import { read } from "../../../src/mnist_nn/playground/page/core/modelfile.js";

const [, , file, images] = process.argv;
const model = read(new Uint8Array(readFileSync(file)).buffer);
const seen = JSON.parse(readFileSync(images, "utf8")).map((pixels) => {
  const opinion = opinions(model, Uint8Array.from(pixels));
  return { ...opinion, probabilities: [...opinion.probabilities], ...judge(model, opinion) };
});
console.log(JSON.stringify(seen));
