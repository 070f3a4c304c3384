// Each deliberate fault does what it says, and nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";

import { create } from "#page/core/network.js";
import { candidateLosses, numericGradient, trace } from "#page/core/trace.js";
import { FAULTS, advance, start } from "#page/core/training.js";
import { mnist, near, parameters } from "../support.mjs";

const { images, labels } = mnist("train", 64);
const picture = images.subarray(0, 784);
const softmax = create({ output: "softmax", dtype: "float64" });
const CROSS = { loss: "cross_entropy" };

function change(network, settings, samples) {
  const run = start(network, images, labels, settings);
  advance(run, samples);
  return parameters(run.network).flatMap((p, k) => Array.from(p, (value, i) => value - parameters(network)[k][i]));
}

test("no_derivative sends the hidden error back without σ'", () => {
  const right = trace(create(), picture, labels[0]);
  const wrong = trace(create(), picture, labels[0], { fault: "no_derivative" });
  assert.deepEqual(wrong.delta[1], right.delta[1]);
  const h = right.a[1];
  near(wrong.delta[0].map((d, i) => d * h[i] * (1 - h[i])), right.delta[0], 1e-14);
});

test("no_derivative trains as its trace says", () => {
  const network = create({ dtype: "float64" });
  const run = start(network, picture, labels.subarray(0, 1), { fault: "no_derivative" });
  advance(run, 1);
  near(run.network.weights[0], trace(network, picture, labels[0], { fault: "no_derivative" }).newWeights[0], 1e-14);
});

test("summed takes steps as many times longer as a batch has samples", () => {
  const network = create({ dtype: "float64" });
  const right = change(network, { batch_size: 16, learning_rate: 0.01 }, 16);
  const wrong = change(network, { batch_size: 16, learning_rate: 0.01, fault: "summed" }, 16);
  near(wrong, right.map((step) => 16 * step), 1e-9);
});

test("summed is no fault where a batch is one sample", () => {
  assert.deepEqual(change(softmax, CROSS, 5), change(softmax, { ...CROSS, fault: "summed" }, 5));
});

test("double_softmax descends the cross-entropy of a second softmax", () => {
  const settings = { ...CROSS, fault: "double_softmax" };
  const { o, dW, descended } = trace(softmax, picture, labels[0], settings);
  const p = o.map(Math.exp);
  const sum = p.reduce((total, value) => total + value, 0);
  near([descended], [-Math.log(p[labels[0]] / sum)], 1e-14);
  for (const i of [0, 5, 9]) {
    near([numericGradient(softmax, picture, labels[0], settings, 1, i, 3)], [dW[1][i * 20 + 3]], 1e-8);
  }
  const named = candidateLosses(softmax, picture, labels[0], settings, 1, 5, 3);
  assert.ok(named.every(({ descends }) => !descends), "it is none of the losses that are meant");
});

test("double_softmax cannot become sure: its loss never falls below 1.46", () => {
  const doubled = { ...CROSS, fault: "double_softmax", learning_rate: 1 };
  const run = start(create({ output: "softmax" }), images, labels, doubled);
  advance(run, 64 * 30);
  const { loss, accuracy } = run.history[29];
  assert.ok(loss > Math.log(1 + 9 / Math.E) && accuracy > 0.5, `loss ${loss}, accuracy ${accuracy}`);
});

test("zero_weights keeps all hidden units copies of each other", () => {
  const run = start(create(), images, labels, { fault: "zero_weights" });
  assert.ok(parameters(run.network).every((p) => p.every((value) => value === 0)));
  advance(run, 128);
  const [W] = run.network.weights;
  assert.ok(W.some((value) => value !== 0));
  for (let unit = 1; unit < 20; unit++) {
    assert.deepEqual(W.slice(784 * unit, 784 * (unit + 1)), W.slice(0, 784));
  }
});

test("no fault is none, and each is listed", () => {
  assert.deepEqual(change(softmax, CROSS, 9), change(softmax, { ...CROSS, fault: "none" }, 9));
  assert.deepEqual(Object.keys(FAULTS), ["none", "no_derivative", "summed", "double_softmax", "zero_weights"]);
});
