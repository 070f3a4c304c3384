// What was learned under the microscope goes into an address and comes back, by today's names and by older ones.
import assert from "node:assert/strict";
import { test } from "node:test";

import { create } from "#page/core/network.js";
import { trace } from "#page/core/trace.js";
import { applyUpdate, chooseLoss, formatLearned, parseLearned, replay } from "#page/rooms/microscope/lesson.js";
import { mnist } from "../../support.mjs";

const { images, labels } = mnist("t10k", 10);
const app = { test: async () => ({ images, labels, count: 10 }) };
const model = { network: create(), header: { training: { loss: "mse" } } };

test("learned images go into an address and come back", () => {
  const learned = [{ image: "test:5", label: 1, loss: "mse", rate: 0.5 }];
  assert.deepEqual(parseLearned(formatLearned(learned)), learned);
  assert.deepEqual(parseLearned(null), []);
  assert.deepEqual(parseLearned("test:5/x/mse/0.5,test:5/1/mse/-1"), []);
});

test("links from before today's names are understood", () => {
  assert.equal(parseLearned("test:5/1/seed_mse/0.03")[0].loss, "classic_mse");
  assert.equal(chooseLoss("seed_mse", model), "classic_mse");
});

test("without a name the loss is the model's own, and one that its outputs allow", () => {
  assert.equal(chooseLoss(null, model), "mse");
  const softmax = { network: create({ output: "softmax" }), header: {} };
  assert.equal(chooseLoss("classic_mse", softmax), "cross_entropy");
});

test("images are learned again, one update each", async () => {
  const again = await replay(app, model.network, parseLearned("test:5/1/mse/0.5,test:6/4/mse/0.5"));
  let network = model.network;
  for (const [i, label] of [[5, 1], [6, 4]]) {
    const pixels = images.subarray(784 * i, 784 * (i + 1));
    network = applyUpdate(trace(network, pixels, label, { loss: "mse", learning_rate: 0.5 }));
  }
  assert.deepEqual(again, network);
});
