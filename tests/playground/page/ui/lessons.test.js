// The lessons: every card has its words, leads to a room that there is, and asks what has a right answer.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { lessons } from "#page/lessons/index.js";
import { en } from "#page/lessons/strings.js";
import * as taskStrings from "#page/lessons/task-strings.js";
import { tasks } from "#page/lessons/tasks.js";
import { fromParams, parseRace } from "#page/rooms/race/lanes.js";
import { fromParams as readSettings, parseSettings } from "#page/ui/training/settings.js";
import { en as explanations } from "#page/ui/explain/strings.js";

const ROOMS = readdirSync(fileURLToPath(new URL("../../../../src/mnist_nn/playground/page/rooms", import.meta.url)));

/** The keys that a card needs. */
function keysOf(id, { right, answers = 3, press = [] }, i) {
  const key = `${id}.${i + 1}`;
  const question = [`${key}.ask`, `${key}.because`, ...Array.from({ length: answers }, (_, n) => `${key}.a${n}`)];
  const shown = right === undefined && press.length ? [`${key}.do`] : [];
  return [key, `${key}.text`, ...(right === undefined ? shown : question)];
}

test("every card has its words, and no words are left over", () => {
  const keys = lessons.flatMap(({ id, cards }) =>
    [`${id}.title`, `${id}.about`, ...cards.flatMap((card, i) => keysOf(id, card, i))]);
  assert.deepEqual(Object.keys(en).sort(), keys.sort());
});

test("every card leads to a room, and its right answer is among those it gives", () => {
  for (const { cards } of lessons) {
    for (const { at, right = 0, answers = 3 } of cards) {
      assert.ok(ROOMS.includes(at.split("?")[0]), at);
      assert.ok(right < answers, at);
    }
  }
});

test("every task has its words, leads to a room, and hides what there is", () => {
  assert.deepEqual(Object.keys(taskStrings.en).sort(),
    tasks.flatMap(({ id }) => [`task.${id}`, `task.${id}.title`]).sort());
  for (const { at, hide } of tasks) {
    assert.ok(ROOMS.includes(at.split("?")[0]), at);
    assert.deepEqual(hide.filter((name) => !(`word.${name}` in explanations)), []);
  }
});

test("what a task sets up can be trained", () => {
  const text = (key) => key;
  for (const { at } of tasks) {
    const [room, query] = at.split("?");
    const params = new URLSearchParams(query);
    if (room === "train") assert.doesNotThrow(() => parseSettings(readSettings(params)), at);
    if (room === "race") assert.doesNotThrow(() => parseRace(fromParams(params, text)), at);
  }
});
