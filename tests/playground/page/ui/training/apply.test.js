// What a rule proposes becomes settings of the page that make sense.
import assert from "node:assert/strict";
import { test } from "node:test";

import { RULES } from "#page/core/rules.js";
import { applyProposal } from "#page/ui/training/apply.js";
import { DEFAULTS, parseSettings } from "#page/ui/training/settings.js";
import { en } from "#page/ui/training/strings.js";

test("settings take the page's names, and layers keep what is wide enough", () => {
  const before = { ...DEFAULTS, hidden: "3, 64", fault: "zero_weights" };
  const after = (proposed) => applyProposal(before, proposed).settings;
  assert.equal(after({ learning_rate: 0.03 }).rate, "0.03");
  assert.equal(after({ hidden: 20 }).hidden, "20,64");
  assert.deepEqual([after({ initializer: "auto" }).fault, after({ l2: 1e-4 }).fault], ["none", "zero_weights"]);
});

test("more epochs go on; stopping early begins anew", () => {
  assert.deepEqual(applyProposal(DEFAULTS, { epochs: 15 }), { settings: DEFAULTS, goal: "epochs:15", goesOn: true });
  assert.deepEqual(applyProposal(DEFAULTS, { patience: 3 }), { settings: DEFAULTS, goal: "patience:3", goesOn: false });
});

test("every proposal of a rule can be trained with", () => {
  const proposals = RULES.flatMap(({ setting }) => (setting ? [setting] : []));
  assert.ok(proposals.length > 10);
  for (const proposal of proposals) {
    const plain = Object.entries(proposal).map(([name, value]) =>
      [name, typeof value === "string" && /^(rate|epochs)_/.test(value) ? 2 : value]);
    assert.doesNotThrow(() => parseSettings(applyProposal(DEFAULTS, Object.fromEntries(plain)).settings));
  }
});

test("every rule has its title and its words", () => {
  const names = RULES.flatMap(({ name }) => [`rule.${name}`, `rule.${name}.more`]);
  assert.deepEqual(names.filter((name) => !en[name]), []);
});
