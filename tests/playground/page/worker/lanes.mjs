// Few images, and lanes that learn them, for the tests of trainings.

import { advanceLane, openLane } from "#page/worker/lane.js";
import { mnist } from "../support.mjs";

export const SIZE = 2000;
const test10 = mnist("t10k", 500);
const few = { images: test10.images.slice(0, 100 * 784), labels: test10.labels.slice(0, 100) };
export const data = { train: mnist("train", SIZE), test: test10, few };
export const { images, labels } = data.train;

export function lane(training = {}, network = {}, from = undefined) {
  return openLane({ id: "a", network, training, from }, data);
}

export function learn(one, samples) {
  const stop = one.samples + samples;
  while (one.samples < stop && !one.run.diverged) advanceLane(one, stop - one.samples);
  return one;
}
