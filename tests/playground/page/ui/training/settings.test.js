// Settings: what a person writes, what the core takes, and what an address carries.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { FAULTS } from "#page/core/faults.js";
import { create } from "#page/core/network.js";
import { start } from "#page/core/training.js";
import * as settings from "#page/ui/training/settings.js";
import { mnist } from "../../support.mjs";

describe("settings", () => {
  test("go into an address and come back", () => {
    const mine = { ...settings.DEFAULTS, hidden: "64,32", activation: "relu", rate: "0.1", subset: "500" };
    assert.deepEqual(settings.fromParams(new URLSearchParams(settings.toParams(mine))), mine);
    assert.deepEqual(settings.toParams(settings.DEFAULTS), {});
    const flat = { ...settings.DEFAULTS, hidden: "" };
    assert.deepEqual(settings.toParams(flat), { hidden: "none" });
    assert.deepEqual(settings.fromParams(new URLSearchParams({ hidden: "none" })), flat);
  });

  test("of links from before today's names are understood", () => {
    assert.equal(settings.fromParams(new URLSearchParams("loss=seed_mse")).loss, "classic_mse");
  });

  test("are the library's defaults", () => {
    const { network, training } = settings.parseSettings(settings.DEFAULTS);
    const { images, labels } = mnist("train", 10);
    const run = start(create(), images, labels);
    assert.deepEqual(network, run.config);
    assert.deepEqual(training, run.training);
  });

  test("come back from a training", () => {
    const mine = { ...settings.DEFAULTS, hidden: "64,32", rate: "0.1", subset: "500", dropout: "0.2", seed: "3" };
    const { network, training } = settings.parseSettings(mine);
    assert.deepEqual(settings.describeSettings(network, training), mine);
  });

  for (const [name, value, said] of [
    ["rate", "fast", /rate is "fast"/], ["hidden", "2000", /at most 1000/], ["hidden", "x", /give a number|from 1/],
    ["seed", "-1", /seed is -1/], ["subset", "60001", /60000 images/], ["dropout", "1", /dropout/],
    ["batch", "0", /batch_size/],
  ]) {
    test(`that make no sense are named: ${name} ${value}`, () => {
      assert.throws(() => settings.parseSettings({ ...settings.DEFAULTS, [name]: value }), said);
    });
  }

  test("that contradict each other give way to the latest", () => {
    let mine = settings.changeSetting(settings.DEFAULTS, "output", "softmax");
    assert.equal(mine.loss, "cross_entropy");
    mine = settings.changeSetting(mine, "loss", "classic_mse");
    assert.equal(mine.output, "sigmoid");
    for (const fault of Object.keys(FAULTS)) {
      settings.parseSettings(settings.changeSetting(settings.DEFAULTS, "fault", fault));
    }
  });
});
