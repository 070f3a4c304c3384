// The quick count of right answers in a changed network is the slow one.
import assert from "node:assert/strict";
import { test } from "node:test";

import { evaluate } from "#page/core/evaluation.js";
import { applyEdits } from "#page/ui/edits.js";
import { answersWith, countRight, remember } from "#page/rooms/draw/effects.js";
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
