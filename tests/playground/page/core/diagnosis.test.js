// What is measured, computed and said of a training is the library's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { makeNetworkConfig, makeTrainingConfig } from "#page/core/config.js";
import { applyRules, toSentence } from "#page/core/diagnosis.js";
import { computeQuantities } from "#page/core/quantities.js";
import { RULES } from "#page/core/rules.js";
import { measureSigns } from "#page/core/signs.js";
import { golden, near } from "../support.mjs";

const shared = JSON.parse(readFileSync(new URL("../../../shared/diagnosis_golden.json", import.meta.url), "utf8"));

test("the rules are the library's", () => {
  assert.deepEqual(RULES, shared.rules);
  assert.ok(RULES.length >= 19);
});

test("every rule, at its figures and beside them, says what the library says", () => {
  for (const { quantities, sentences } of shared.vectors) {
    assert.deepEqual(applyRules(quantities).map(toSentence), sentences);
  }
  const said = new Set(shared.vectors.flatMap(({ sentences }) => sentences));
  assert.ok(said.size > 12);
});

for (const [name, expected] of Object.entries(golden("diagnosis"))) {
  describe(name, () => {
    const config = makeNetworkConfig(expected.network);
    const training = makeTrainingConfig(config, expected.training);

    test("is measured as the library measures it", () => {
      const take = (rest) => expected.parameters.filter((_, i) => i % 2 === rest).map((p) => Float64Array.from(p));
      const network = { config, weights: take(0), biases: take(1) };
      const [images, labels] = [expected.images, expected.labels].map((all) => Uint8Array.from(all));
      const learned = { images, labels, rows: null };
      const last = expected.signs.at(-1);
      const found = measureSigns(network, learned, training, last.epoch);
      assert.deepEqual(Object.keys(found), Object.keys(last));
      for (const [sign, value] of Object.entries(last)) near([found[sign]].flat(), [value].flat(), 1e-5, sign);
    });

    test("has the library's quantities and findings", () => {
      const history = expected.history.map(({ validation_accuracy: a, validation_loss: l, ...row }) =>
        ({ ...row, ...(a === null || a === undefined ? {} : { validation_accuracy: a, validation_loss: l }) }));
      const found = computeQuantities(config, training, history, expected.signs);
      assert.deepEqual(Object.keys(found).sort(), Object.keys(expected.quantities).sort());
      for (const [key, value] of Object.entries(expected.quantities)) near([found[key]], [value], 1e-9, key);
      const findings = applyRules(found).map(({ name: rule, setting }) => ({ name: rule, setting }));
      assert.deepEqual(findings, expected.findings);
    });
  });
}
