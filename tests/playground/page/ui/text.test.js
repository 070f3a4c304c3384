// The words of the page: each key that a module names is in its own strings.js, or in those that are always there.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import * as explanations from "#page/ui/explain/strings.js";
import * as shared from "#page/ui/strings.js";
import { addStrings, text } from "#page/ui/text.js";
import * as training from "#page/ui/training/strings.js";

const PAGE = fileURLToPath(new URL("../../../../src/mnist_nn/playground/page/", import.meta.url));
const ALWAYS = { ...shared.en, ...training.en, ...explanations.en };
const ROOMS = readdirSync(join(PAGE, "rooms"));

/** The keys that the modules of a folder name in full. */
function keysIn(folder) {
  const modules = readdirSync(join(PAGE, folder), { recursive: true }).map(String)
    .filter((name) => name.endsWith(".js") && !name.endsWith("strings.js"));
  const code = modules.map((name) => readFileSync(join(PAGE, folder, name), "utf8"));
  return code.flatMap((one) => [...one.matchAll(/\btext\(\s*"([^"]+)"/g)].map(([, key]) => key));
}

for (const folder of [...ROOMS.map((room) => `rooms/${room}`), "benchmark"]) {
  test(`${folder} has the text that it names`, async () => {
    const { en } = await import(`#page/${folder}/strings.js`);
    const keys = keysIn(folder);
    assert.ok(keys.length > 1);
    assert.deepEqual(keys.filter((key) => !(key in en) && !(key in ALWAYS)), []);
    assert.deepEqual(Object.keys(en).filter((key) => key in ALWAYS), []);
  });
}

test("what rooms share has the text that it names", () => {
  assert.deepEqual(keysIn("ui").filter((key) => !(key in ALWAYS)), []);
});

test("no two rooms give a key two meanings", async () => {
  const tables = await Promise.all(ROOMS.map((room) => import(`#page/rooms/${room}/strings.js`)));
  const keys = tables.flatMap(({ en }) => Object.keys(en));
  assert.equal(new Set(keys).size, keys.length);
});

test("text that is added is found, with its values, and a key that nobody added is an error", () => {
  assert.throws(() => text("test.greeting"), /no strings.js that is loaded has text for test.greeting/);
  addStrings({ en: { "test.greeting": "{0} and {1} and {0}" } });
  assert.equal(text("test.greeting", "a", 2), "a and 2 and a");
});

test("everything that is explained has its words", () => {
  const modules = readdirSync(PAGE, { recursive: true }).map(String).filter((name) => name.endsWith(".js"));
  const code = modules.map((name) => readFileSync(join(PAGE, name), "utf8"));
  const names = code.flatMap((one) => [...one.matchAll(/"data-explain": "(\w+)"|dataset.explain = "(\w+)"/g)])
    .map(([, first, second]) => first ?? second);
  assert.ok(names.length > 15);
  const all = Object.keys(explanations.en).filter((key) => /^word\.\w+$/.test(key));
  assert.deepEqual(names.filter((name) => !all.includes(`word.${name}`)), []);
  assert.deepEqual(all.filter((key) => !explanations.en[`${key}.short`] || !explanations.en[`${key}.more`]), []);
});
