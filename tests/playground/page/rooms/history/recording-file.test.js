// A recording comes back from its file, and a training can go on from each of its moments.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { read, write } from "#page/core/modelfile.js";
import { create } from "#page/core/network.js";
import { makeModel, readRecording } from "#page/rooms/history/recording-file.js";
import { openLane } from "#page/worker/lane.js";
import { parameters } from "../../support.mjs";
import { SIZE, data, lane, learn } from "../../worker/lanes.mjs";

describe("a recording", () => {
  const made = () => {
    const { run, moments } = learn(lane({ learning_rate: 0.05 }), 2 * SIZE);
    return { id: "x", name: "x", config: run.config, training: run.training, epochs: moments, points: [] };
  };

  test("comes back from its file", () => {
    const old = made();
    const again = readRecording(read(write(makeModel(old))), "y", "y");
    assert.deepEqual(again.config, old.config);
    for (const [i, moment] of again.epochs.entries()) {
      const { epoch, offset, size, samples, loss, accuracy, rate, weights, biases } = old.epochs[i];
      const expected = { epoch, offset, size, samples, loss, accuracy, rate, weights, biases };
      const found = Object.fromEntries(Object.keys(expected).map((key) => [key, moment[key]]));
      assert.deepEqual(found, expected);
    }
  });

  test("can be gone on with from its file", () => {
    const old = made();
    const again = readRecording(read(write(makeModel(old))), "y", "y");
    for (const moment of again.epochs) {
      const training = { learning_rate: 0.05 };
      const fork = learn(openLane({ id: "f", network: again.config, training, from: moment }, data),
        2 * SIZE - moment.samples);
      assert.deepEqual(parameters(fork.run.network), parameters(old.epochs.at(-1)));
      assert.equal(fork.run.history.length, 2);
    }
  });

  test("is not any model file", () => {
    const bare = { network: create(), header: { format: 1, training: null, history: [] }, tensors: {} };
    const message = /no recording in this file; make one with: mnist-nn train --record/;
    assert.throws(() => readRecording(bare, "", ""), message);
  });
});
