// What was changed can be taken back, and done again.
import assert from "node:assert/strict";
import { test } from "node:test";

import { buildUndo } from "#page/ui/undo.js";

test("states come back in order, and again", () => {
  const undo = buildUndo();
  assert.equal(undo.undo("a"), undefined);
  undo.remember("a");
  undo.remember("b");
  assert.deepEqual([undo.undo("c"), undo.undo("b"), undo.undo("a")], ["b", "a", undefined]);
  assert.deepEqual([undo.redo("a"), undo.redo("b"), undo.redo("c")], ["b", "c", undefined]);
  assert.equal(undo.undo("c"), "b");
  undo.remember("b");
  assert.equal(undo.redo("d"), undefined, "another change leaves nothing to do again");
});

test("the oldest states are forgotten", () => {
  const undo = buildUndo(2);
  ["a", "b", "c"].forEach(undo.remember);
  assert.deepEqual([undo.undo("d"), undo.undo("c"), undo.isEmpty], ["c", "b", true]);
});
