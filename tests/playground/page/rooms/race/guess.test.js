// Who won a race, and by how much.
import assert from "node:assert/strict";
import { test } from "node:test";

import { findWinner } from "#page/rooms/race/guess.js";
import { fromParams, makeRace, toParams } from "#page/rooms/race/lanes.js";

const lane = (accuracy, diverged = false) => ({ state: { diverged, test: { accuracy } }, points: [] });
const text = (key) => key;

test("the lane that reads most wins, and its lead is that over the second", () => {
  const { winner, lead } = findWinner([lane(0.8), lane(0.9), lane(0.85)]);
  assert.equal(winner, 1);
  assert.ok(Math.abs(lead - 0.05) < 1e-12);
});

test("a lane that diverged cannot win", () => {
  assert.equal(findWinner([lane(0.95, true), lane(0.4)]).winner, 1);
});

test("that a guess must come first stands in the address", () => {
  const race = { ...makeRace("rates", text), guess: "first" };
  const params = toParams(race, text);
  assert.equal(params.get("guess"), "first");
  assert.deepEqual(fromParams(params, text), race);
  assert.equal(toParams(makeRace("rates", text), text).has("guess"), false);
});
