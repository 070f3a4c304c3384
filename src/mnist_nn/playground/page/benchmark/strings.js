/**
 * English text of the page that measures the speed of training.
 */

export const en = {
  "bench.title": "Training speed in this browser",
  "bench.intro": "Each row trains a network once on all 60,000 training images, in the same worker that the room "
    + "Train uses.",
  "bench.run": "Measure",
  "bench.case": "Settings",
  "bench.epoch": "One epoch, by the clock",
  "bench.micro": "µs per sample, learning alone",
  "bench.test": "Test images right",
  "bench.classic": "784-20-10 sigmoid, one sample per update",
  "bench.batch": "784-20-10 sigmoid, batch of 32",
  "bench.softmax": "784-20-10, softmax and cross-entropy",
  "bench.wide": "784-64-10 ReLU, softmax, batch of 16",
};
