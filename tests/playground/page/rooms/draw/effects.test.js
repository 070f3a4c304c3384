// The quick count of right answers in a changed network is the slow one.
import assert from "node:assert/strict";
import { test } from "node:test";

import { evaluate } from "#page/core/evaluation.js";
import { forward } from "#page/core/network.js";
import { project } from "#page/core/pca.js";
import { applyEdits } from "#page/ui/edits.js";
import { answersWith, countRight, mapLayer, remember } from "#page/rooms/draw/effects.js";
import { near } from "../../support.mjs";
import { changes, few, model, nothing } from "./networks.mjs";

for (const [name, edits] of Object.entries(changes)) {
  test(`the quick answers of a changed ${name} network are those of the network with the changes made`, () => {
    const whole = model(name);
    const memory = remember(whole.network, few.images, few.labels);
    const { predictions, correct } = evaluate(applyEdits(whole, edits).network, few.images, few.labels);
    const found = answersWith(memory, edits);
    const apart = found.filter((answer, i) => answer !== predictions[i]).length;
    assert.ok(apart <= 1, `${apart} answers differ`);
    assert.ok(Math.abs(countRight(found, few.labels) - correct) <= 1);
    assert.notDeepEqual(found, memory.answers);
    assert.equal(answersWith(memory, nothing), memory.answers);
  });
}

test("a map of a layer is made of its activations, and one of the pixels of the pixels", () => {
  const { network } = model("deep");
  const memory = remember(network, few.images, few.labels);
  for (const layer of [-1, 0, 2]) {
    const { components, points } = mapLayer(memory, layer, 40);
    const a = forward(network, few.images.subarray(784 * 7, 784 * 8)).a[layer + 1];
    near(points.subarray(14, 16), project(components, a), 1e-5, `layer ${layer}`); // z is kept in float32
    assert.ok(components.shares[0] > components.shares[1]);
  }
});
