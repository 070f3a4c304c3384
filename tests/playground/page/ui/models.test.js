// The models that one can choose between, by today's names and by older ones.
import assert from "node:assert/strict";
import { test } from "node:test";

import { create } from "#page/core/network.js";
import { openModels, formatShape } from "#page/ui/models.js";

const manifest = {
  version: "0", runs: [], rooms: { draw: "reader", microscope: "classic" },
  models: [{ id: "reader", url: "reader" }, { id: "classic", url: "classic" }],
};
const model = { network: create(), header: {}, tensors: {} };

test("links from before today's names are understood", () => {
  const models = openModels(manifest, () => {});
  assert.ok(models.has("seed") && models.has("classic"));
  assert.ok(!models.has("own:mine") && !models.has(null));
});

test("a model that is added is the current one, and one of the same name gives way", () => {
  let changes = 0;
  const models = openModels(manifest, () => changes++);
  assert.throws(() => models.current, /no model is loaded/);
  models.add(model, "mine");
  models.add({ ...model }, "mine");
  assert.equal(changes, 2);
  assert.deepEqual(models.list().map(({ id }) => id), ["reader", "classic", "own:mine"]);
  assert.equal(models.current.name, "mine");
});

test("a shape is written as people write it", () => assert.equal(formatShape(model), "784-20-10"));
