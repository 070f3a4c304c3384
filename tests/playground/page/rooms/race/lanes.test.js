// Races: lanes that can run, and what an address carries of them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { NAMES, fromParams, makeRace, parseRace, toParams } from "#page/rooms/race/lanes.js";
import * as raceStrings from "#page/rooms/race/strings.js";
import { addStrings, text } from "#page/ui/text.js";

addStrings(raceStrings);

describe("races", () => {
  for (const name of NAMES) {
    test(`${name} has lanes that can run, and an address`, () => {
      const race = makeRace(name, text);
      const { specs, limit } = parseRace(race);
      assert.ok(specs.length >= 2 && specs.length <= 4);
      assert.equal(limit, 30000);
      assert.equal(toParams(race, text).toString(), `race=${name}`);
      assert.deepEqual(fromParams(toParams(race, text), text), race);
    });
  }

  test("of links from before today's names are understood", () => {
    const params = new URLSearchParams("lane=one@loss:seed_mse,hidden:64-32&lane=two@loss:mse&epochs=1");
    const { lanes, preset } = fromParams(params, text);
    assert.deepEqual([preset, ...lanes.map(({ settings }) => settings.loss)], ["own", "classic_mse", "mse"]);
    assert.equal(lanes[0].settings.hidden, "64,32");
  });

  test("of one's own have an address too", () => {
    const race = { ...makeRace("loss", text), preset: "own", seed: "4", subset: "", measure: "seconds" };
    race.lanes[0] = { name: "mine, my own", settings: { ...race.lanes[0].settings, hidden: "64,32", rate: "0.5" } };
    const again = fromParams(new URLSearchParams(toParams(race, text).toString()), text);
    assert.deepEqual(again, race);
  });
});
