// Changes inside a network: in the address, and made.
import assert from "node:assert/strict";
import { test } from "node:test";

import { applyEdits, readEdits, toParams, switchOff } from "#page/ui/edits.js";
import { changes, model, nothing } from "../rooms/draw/networks.mjs";

test("changes go through the address and back", () => {
  const text = new URLSearchParams(toParams(changes.deep));
  assert.equal(text.get("off"), "1.4,3.2");
  assert.deepEqual(readEdits(text, model("deep")), changes.deep);
  const wrong = new URLSearchParams({ off: "9.1,2.99,x,4.1", bias: "1.1:much,7.7:1" });
  assert.deepEqual(readEdits(wrong, model("deep")), nothing);
});

test("a neuron that is off says nothing to the eleventh output either", () => {
  const tensors = { "calibration/weights": { shape: [23], data: new Float64Array(23).fill(2) } };
  const whole = { ...model("classic"), tensors };
  const after = applyEdits(whole, switchOff(nothing, { layer: 0, unit: 3 }, true));
  assert.equal(after.tensors["calibration/weights"].data[3], 0);
  assert.equal(whole.tensors["calibration/weights"].data[3], 2);
});
