// How well a network does: the counts are those of one forward pass per image.
import assert from "node:assert/strict";
import { test } from "node:test";

import { evaluate } from "#page/core/evaluation.js";
import { create, forward } from "#page/core/network.js";
import { mnist, near } from "../support.mjs";

test("evaluation agrees with one forward pass an image", () => {
  const { images, labels } = mnist("t10k", 50);
  const network = create({ output: "softmax", hidden: [9, 8], activation: "relu" }, 3);
  const found = evaluate(network, images, labels, "cross_entropy");
  let correct = 0;
  let loss = 0;
  labels.forEach((label, i) => {
    const o = forward(network, images.subarray(784 * i, 784 * (i + 1))).a[3];
    const said = o.indexOf(Math.max(...o));
    correct += said === label ? 1 : 0;
    loss -= Math.log(o[label]) / 50;
    assert.equal(found.predictions[i], said);
    near([found.topShares[i]], [o[said]], 1e-6);
  });
  assert.equal(found.correct, correct);
  assert.equal(found.confusion.reduce((sum, count) => sum + count, 0), 50);
  assert.equal(found.confusion.filter((_, i) => i % 11 === 0).reduce((sum, count) => sum + count, 0), correct);
  near([found.loss], [loss], 1e-12);
});
