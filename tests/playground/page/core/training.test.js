// Updates, epochs and whole trainings are the library's; a run can be cut, changed and continued anywhere.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { create } from "#page/core/network.js";
import { trace } from "#page/core/trace.js";
import { advance, averageTally, savePosition, start, changeTraining } from "#page/core/training.js";
import { TOLERANCE, allNear, golden, mnist, near, parameters } from "../support.mjs";

function begin({ network, training, images, labels }) {
  return start(create(network, training.seed), Uint8Array.from(images), Uint8Array.from(labels), training);
}

for (const [name, expected] of Object.entries(golden("updates"))) {
  const { dtype } = expected.network;
  describe(name, () => {
    test("both passes of the first sample", () => {
      const { network, training, images, labels, order, sample } = expected;
      const picture = Uint8Array.from(images.slice(12 * order[0], 12 * (order[0] + 1)));
      const place = { epoch: 0, row: order[0] };
      const found = trace(create(network, training.seed), picture, labels[order[0]], training, place);
      allNear(found.z, sample.z, TOLERANCE[dtype], "z");
      allNear(found.a.slice(0, -1), sample.a, TOLERANCE[dtype], "a");
      near(found.o, sample.o, TOLERANCE[dtype], "o");
      allNear(found.delta, sample.delta, TOLERANCE[dtype], "delta");
      allNear(found.dW, sample.dW, TOLERANCE[dtype], "dW");
      near([found.reported, found.descended], [sample.reported, sample.descended], TOLERANCE[dtype], "losses");
    });

    test("the first update", () => {
      const run = begin(expected);
      advance(run, expected.training.batch_size);
      allNear(parameters(run.network), expected.first_update, TOLERANCE[dtype], "parameters");
    });

    test("a whole epoch, in one go and sample by sample", () => {
      const run = begin(expected);
      const slow = begin(expected);
      advance(run, 20);
      for (let n = 0; n < 20; n++) advance(slow, 1);
      const tolerance = 10 * TOLERANCE[dtype]; // rounding has 20 updates to grow
      allNear(parameters(run.network), expected.epoch, tolerance, "parameters");
      assert.deepEqual(parameters(slow.network), parameters(run.network));
      const { loss, descended, accuracy, epoch } = run.history[0];
      near([loss, descended], [expected.scores.loss, expected.scores.descended], tolerance);
      assert.deepEqual([accuracy, epoch, run.offset], [expected.scores.accuracy, 1, 0]);
    });
  });
}

for (const [name, expected] of Object.entries(golden("training"))) {
  test(`two epochs over MNIST: ${name}`, () => {
    const { images, labels } = mnist("train", expected.images);
    const run = begin({ ...expected, images, labels });
    advance(run, expected.epochs * run.size);
    const tolerance = expected.network.dtype === "float64" ? 1e-11 : 1e-5;
    const thin = run.network.weights.map((W) => W.filter((_, i) => i % expected.thin === 0));
    allNear(thin, expected.weights, tolerance, "weights");
    allNear(run.network.biases, expected.biases, tolerance, "biases");
    run.history.forEach((row, epoch) => {
      near([row.loss, row.descended], [expected.history[epoch].loss, expected.history[epoch].descended], tolerance);
      assert.equal(row.accuracy, expected.history[epoch].accuracy);
    });
  });
}

const few = mnist("train", 100);
const SETTINGS = { batch_size: 8, dropout: 0.2, optimizer: "adam" };

test("a run goes on from its position as if it had not stopped", () => {
  const straight = start(create(), few.images, few.labels, SETTINGS);
  const first = start(create(), few.images, few.labels, SETTINGS);
  advance(straight, 250);
  advance(first, 137); // in the middle of a batch
  const second = start(first.network, few.images, few.labels, SETTINGS, savePosition(first));
  advance(second, 250 - 132); // 100 of the first epoch and 4 batches of the second are learned
  assert.deepEqual(second.network, straight.network);
  assert.deepEqual(second.tally, straight.tally);
});

test("a position can be copied as a message to a worker is", () => {
  const run = start(create(), few.images, few.labels, SETTINGS);
  advance(run, 24);
  const at = structuredClone(savePosition(run));
  const again = start(structuredClone(run.network), few.images, few.labels, SETTINGS, at);
  advance(run, 30);
  advance(again, 30);
  assert.deepEqual(again.network, run.network);
});

test("a run with the same settings again is the same run, and leaves the first alone", () => {
  const run = start(create(), few.images, few.labels, SETTINGS);
  advance(run, 50);
  const before = run.network;
  const other = changeTraining(run, {});
  advance(other, 62);
  assert.equal(run.network, before);
  advance(run, 60);
  assert.deepEqual(run.network, other.network);
});

test("rate, L2, dropout and batch size can change while it trains", () => {
  const run = start(create(), few.images, few.labels, { batch_size: 8 });
  advance(run, 24);
  const other = changeTraining(run, { learning_rate: 0.5, l2: 0.1, dropout: 0.4, batch_size: 10 });
  advance(other, 6); // batches end at the multiples of their size
  assert.equal(other.updates, run.updates + 1);
  assert.equal(other.eta, 0.5);
  advance(other, 70);
  assert.deepEqual([other.epoch, other.offset, other.updates], [1, 0, 3 + 8]);
  assert.equal(other.history[0].epoch, 1);
});

test("another optimiser begins with an empty memory", () => {
  const run = start(create(), few.images, few.labels, SETTINGS);
  advance(run, 16);
  const other = changeTraining(run, { optimizer: "momentum" });
  assert.deepEqual(Object.keys(other.slots), ["velocity"]);
  assert.equal(other.updates, 0);
  assert.ok(other.slots.velocity[0].every((value) => value === 0));
});

test("another subset begins the epoch again with the network as it is", () => {
  const run = start(create(), few.images, few.labels, {});
  advance(run, 130);
  const other = changeTraining(run, { subset: 40 });
  assert.deepEqual([other.epoch, other.offset, other.size], [1, 0, 40]);
  assert.deepEqual(other.network, run.network);
});

test("the network handed out does not change while the run goes on", () => {
  const run = start(create(), few.images, few.labels, {});
  advance(run, 1);
  const { network } = run;
  const weight = network.weights[1][3];
  advance(run, 10);
  assert.equal(network.weights[1][3], weight);
  assert.notEqual(run.network.weights[1][3], weight);
});

test("the tally counts the samples of the call, each before its update", () => {
  const run = start(create(), few.images, few.labels, {});
  const first = advance(run, 60);
  const second = advance(run, 60);
  assert.deepEqual([first.samples, second.samples], [60, 60]);
  assert.equal(run.tally.samples, 20);
  const { loss, accuracy } = averageTally(first);
  assert.ok(loss > 0 && loss < 1 && accuracy >= 0 && accuracy <= 1);
});

test("a whole-set batch learns in one update", () => {
  const run = start(create(), few.images, few.labels, { batch_size: 100 });
  advance(run, 99);
  assert.equal(run.updates, 0);
  assert.deepEqual(run.network, create());
  advance(run, 1);
  assert.equal(run.updates, 1);
});

test("a run whose numbers are no longer finite stands still and says so", () => {
  const wild = { learning_rate: 1e30, loss: "cross_entropy" };
  const run = start(create({ activation: "identity" }), few.images, few.labels, wild);
  advance(run, 100);
  assert.equal(run.diverged, true);
  const { offset } = run;
  assert.equal(advance(run, 5).samples, 0);
  assert.equal(run.offset, offset);
});

test("MNIST is learned", () => {
  const { images, labels } = mnist("train", 5000);
  const run = start(create(), images, labels, {});
  advance(run, 10000);
  assert.ok(run.history[1].accuracy > 0.85, `accuracy ${run.history[1].accuracy}`);
});

test("labels beyond the outputs, and images that do not fit, are errors in one line", () => {
  assert.throws(() => start(create({ outputs: 5 }), few.images, few.labels), /^DataError: label 9 needs more than/);
  assert.throws(() => start(create(), few.images.subarray(1), few.labels), /^ConfigError: there are 78399 pixels/);
});
