// Who may import whom in the page, types in comments included: rooms know no other room, and what rooms share no room.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("../../../src/mnist_nn/", import.meta.url));
const PAGE = "playground/page";
const EXPORT = "export/html/page";

/** What a module belongs to: a room, a folder of the page, the exported page, or the page itself. */
function homeOf(path) {
  if (path.startsWith(`${EXPORT}/`)) return "export";
  const [first, second] = path.slice(PAGE.length + 1).split("/");
  if (first === "rooms") return `room ${second}`;
  return second === undefined ? "page" : first;
}

/** @returns {boolean} */
function allowed(from, to) {
  const known = { core: [], worker: ["core"], ui: ["core", "worker", "vendor"], export: ["core", "ui"] };
  if (from === to || from === "page" || from === "benchmark") return true;
  return (known[from] ?? ["core", "ui", "worker"]).includes(to);
}

/** Imports of a module that are not allowed, as "from → to". */
function wrongImports(path, text) {
  const names = [...text.matchAll(/(?:from |import |import\()"(\.[^"]+)"/g)].map(([, name]) => name);
  return names.map((name) => normalize(join(dirname(path), name)))
    .filter((target) => !allowed(homeOf(path), homeOf(target)))
    .map((target) => `${path} → ${target}`);
}

const modules = [PAGE, EXPORT].flatMap((folder) =>
  readdirSync(join(PACKAGE, folder), { recursive: true }).map((name) => join(folder, String(name)))
    .filter((name) => name.endsWith(".js") && !name.includes("/vendor/")));

test("no module imports what it must not know", () => {
  assert.ok(modules.length > 80);
  assert.deepEqual(modules.flatMap((path) => wrongImports(path, readFileSync(join(PACKAGE, path), "utf8"))), []);
});

for (const [path, text] of [
  [`${PAGE}/rooms/race/cards.js`, 'import { nameOf } from "../train/panels.js";'],
  [`${PAGE}/rooms/race/cards.js`, '/** @typedef {import("../train/panels.js").Panels} Panels */'],
  [`${PAGE}/ui/training/form.js`, 'import { raceOf } from "../../rooms/race/lanes.js";'],
  [`${PAGE}/core/network.js`, 'import { h } from "../ui/dom.js";'],
  [`${PAGE}/worker/lane.js`, 'import "../ui/text.js";'],
  [`${EXPORT}/page.js`, 'import { buildBars } from "../../../playground/page/rooms/draw/bars.js";'],
]) {
  test(`an import that is not allowed is found: ${text}`, () => assert.equal(wrongImports(path, text).length, 1));
}
