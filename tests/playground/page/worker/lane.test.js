// One training that somebody watches is the core's, can be changed, and can be gone back to.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { create } from "#page/core/network.js";
import { advance, start, changeTraining } from "#page/core/training.js";
import { changeLane, isReached } from "#page/worker/lane.js";
import { parameters } from "../support.mjs";
import { SIZE, images, labels, lane, learn } from "./lanes.mjs";

describe("a lane", () => {
  test("learns what the core learns, however it is cut", () => {
    const one = learn(lane({ batch_size: 32, dropout: 0.2 }), 2 * SIZE);
    const run = start(create(), images, labels, { batch_size: 32, dropout: 0.2 });
    advance(run, 2 * SIZE);
    assert.deepEqual(parameters(one.run.network), parameters(run.network));
    const losses = (history) => history.map(({ loss }) => loss.toFixed(12));
    assert.deepEqual(losses(one.run.history), losses(run.history));
  });

  test("has points from the start to the end, closer together at first", () => {
    const { points, samples } = learn(lane(), 2 * SIZE);
    const places = points.map((point) => point.samples);
    assert.deepEqual(places, [...places].sort((a, b) => a - b));
    assert.equal(new Set(places).size, places.length);
    assert.deepEqual([places[0], places[1], places.at(-1)], [0, 1, samples]);
    assert.ok(points[0].test < 0.3 && points.at(-1).test > 0.7);
    assert.ok(points[0].loss === null && points.at(-1).loss < points[1].loss);
    assert.deepEqual(points.filter(({ whole }) => whole).map((point) => point.epochs), [0, 1, 2]);
  });

  test("has the means of what was learned between its points", () => {
    const learned = learn(lane(), SIZE).points.filter(({ loss }) => loss !== null);
    const run = start(create(), images, labels);
    let at = 0;
    for (const { samples, loss, accuracy } of learned) {
      const tally = advance(run, samples - at);
      assert.equal(accuracy, tally.correct / tally.samples);
      assert.equal(loss.toFixed(12), (tally.reported / tally.samples).toFixed(12));
      at = samples;
    }
    assert.ok(learned.length > 20 && at > 0.95 * SIZE);
  });

  test("keeps the start, early moments and every epoch", () => {
    const { moments } = learn(lane(), 2 * SIZE);
    const places = moments.map(({ epoch, offset }) => [epoch, offset]);
    assert.deepEqual(places, [[0, 0], [0, 100], [0, 300], [0, 1000], [1, 0], [2, 0]]);
    assert.deepEqual(moments[0].weights, create().weights);
    assert.deepEqual(moments.map(({ samples }) => samples), [0, 100, 300, 1000, SIZE, 2 * SIZE]);
  });

  for (const [name, training] of Object.entries({ sgd: {}, adam: { optimizer: "adam", batch_size: 16 } })) {
    test(`goes on from each of its moments to the same end: ${name}`, () => {
      const one = learn(lane(training), 2 * SIZE);
      for (const moment of one.moments) {
        const again = learn(lane(training, {}, structuredClone(moment)), 2 * SIZE - moment.samples);
        assert.deepEqual(parameters(again.run.network), parameters(one.run.network));
      }
    });
  }

  test("takes other settings from the next sample on", () => {
    const one = learn(lane(), 500);
    changeLane(one, { learning_rate: 0.3, l2: 1e-4 });
    learn(one, 500);
    let run = start(create(), images, labels);
    advance(run, 500);
    run = changeTraining(run, { learning_rate: 0.3, l2: 1e-4 });
    advance(run, 500);
    assert.deepEqual(parameters(one.run.network), parameters(run.network));
  });

  test("says what the rules find at the end of an epoch, of the settings that it has", () => {
    const one = learn(lane({ learning_rate: 3 }), SIZE - 1);
    assert.deepEqual([one.examined, one.findings], [false, []]);
    learn(one, 1);
    assert.equal(one.findings[0].name, "rate_too_high");
    assert.deepEqual(one.findings[0].setting, { learning_rate: 0.03 });
    changeLane(one, { learning_rate: null });
    assert.equal(one.examined, false);
    learn(one, SIZE);
    assert.ok(one.findings.every(({ name }) => name !== "rate_too_high" && name !== "loss_jumps"));
  });

  test("has come to where it is to stop when it has", () => {
    const one = learn(lane(), SIZE - 1);
    const goals = [{}, { epochs: 1 }, { accuracy: 0.1 }, { accuracy: 0.999 }, { patience: 1 }];
    const reached = () => goals.map((goal) => isReached(one, goal));
    assert.deepEqual(reached(), [false, false, false, false, false], "nothing was measured here");
    learn(one, 1);
    assert.deepEqual(reached(), [false, true, true, false, false]);
    one.heldOut.push({ epoch: 0, accuracy: 1, loss: 0 });
    assert.ok(isReached(one, { patience: 1 }), "an epoch before was better");
  });

  test("stops where numbers are no longer finite", () => {
    const one = learn(lane({ loss: "mse", learning_rate: 1e30 }, { activation: "identity", hidden: [20, 20] }), SIZE);
    assert.ok(one.run.diverged);
    assert.ok(one.points.every((point) => Number.isFinite(point.testLoss)));
    assert.ok(one.moments.every(({ weights }) => weights.every((W) => W.every(Number.isFinite))));
  });
});
