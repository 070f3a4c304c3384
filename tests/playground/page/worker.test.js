// The trainings of the page: they are the core's, can be changed, gone back to and compared, and share a thread fairly.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { read, write } from "../../../src/mnist_nn/playground/page/core/modelfile.js";
import { create } from "../../../src/mnist_nn/playground/page/core/network.js";
import { advance, start, withTraining } from "../../../src/mnist_nn/playground/page/core/training.js";
import { modelOf, recordingOf } from "../../../src/mnist_nn/playground/page/rooms/history/recording.js";
import { Host } from "../../../src/mnist_nn/playground/page/worker/host.js";
import { advanceLane, changeLane, openLane } from "../../../src/mnist_nn/playground/page/worker/lane.js";
import { openSession, prepare, work } from "../../../src/mnist_nn/playground/page/worker/session.js";
import { mnist, parameters } from "./support.mjs";

const SIZE = 2000;
const test10 = mnist("t10k", 500);
const few = { images: test10.images.slice(0, 100 * 784), labels: test10.labels.slice(0, 100) };
const data = { train: mnist("train", SIZE), test: test10, few };
const { images, labels } = data.train;

function lane(training = {}, network = {}, from = undefined) {
  return openLane({ id: "a", network, training, from }, data);
}

function learn(one, samples) {
  const stop = one.samples + samples;
  while (one.samples < stop && !one.run.diverged) advanceLane(one, stop - one.samples);
  return one;
}

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
    assert.deepEqual([places[0], places[1], places.at(-1)], [0, 50, samples]);
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
    run = withTraining(run, { learning_rate: 0.3, l2: 1e-4 });
    advance(run, 500);
    assert.deepEqual(parameters(one.run.network), parameters(run.network));
  });

  test("stops where numbers are no longer finite", () => {
    const one = learn(lane({ loss: "mse", learning_rate: 1e30 }, { activation: "identity", hidden: [20, 20] }), SIZE);
    assert.ok(one.run.diverged);
    assert.ok(one.points.every((point) => Number.isFinite(point.testLoss)));
    assert.ok(one.moments.every(({ weights }) => weights.every((W) => W.every(Number.isFinite))));
  });
});

describe("lanes of a session", () => {
  const specs = [{ id: "a", network: {}, training: {} }, { id: "b", network: { hidden: [64] }, training: {} }];

  test("keep level in samples", () => {
    const session = openSession("race", specs, 3000, data);
    prepare(session, { measure: "samples" });
    let apart = 0;
    while (work(session, 0)) apart = Math.max(apart, Math.abs(session.lanes[0].samples - session.lanes[1].samples));
    assert.ok(apart < 1500, `${apart} samples apart`);
    assert.deepEqual(session.lanes.map(({ samples }) => samples), [3000, 3000]);
    assert.ok(session.lanes[1].seconds > session.lanes[0].seconds, "64 units take longer than 20");
  });

  test("keep level in seconds", () => {
    const session = openSession("race", specs, 20000, data);
    prepare(session, { measure: "seconds" });
    for (let turn = 0; turn < 6; turn++) work(session, 0);
    const [a, b] = session.lanes;
    assert.ok(a.samples > b.samples, "the smaller network sees more samples in the same time");
    assert.ok(Math.abs(a.seconds - b.seconds) < 0.08, `${a.seconds} and ${b.seconds} s`);
  });

  test("say whether they begin alike", () => {
    const begin = (...all) =>
      openSession("race", all.map((training, i) => ({ id: `${i}`, network: {}, training })), 10, data).sameStart;
    assert.ok(begin({}, { learning_rate: 1 }, { batch_size: 32 }));
    assert.ok(!begin({}, { seed: 1 }));
    assert.ok(!begin({}, { fault: "zero_weights" }));
    assert.ok(!openSession("race", specs, 10, data).sameStart);
  });

  test("go no faster than the pace", () => {
    const session = openSession("train", specs.slice(0, 1), null, data);
    prepare(session, { pace: 100 });
    for (let turn = 0; turn < 10; turn++) assert.ok(work(session, 50));
    assert.ok(session.lanes[0].samples >= 49 && session.lanes[0].samples <= 51, `${session.lanes[0].samples} samples`);
  });

  test("stop where they are asked to", () => {
    const session = openSession("train", specs.slice(0, 1), null, data);
    prepare(session, { until: "epoch" });
    while (work(session, 0));
    assert.equal(session.lanes[0].samples, SIZE);
    prepare(session, { until: SIZE + 10 });
    while (work(session, 0));
    assert.equal(session.lanes[0].samples, SIZE + 10);
  });
});

/** A host with its reports, and a way to wait for one. */
function served() {
  const reports = [];
  const rest = () => new Promise((resolve) => setImmediate(resolve));
  const host = new Host((report) => reports.push(structuredClone(report)), async () => data, rest);
  const until = async (is) => {
    while (!reports.some(is)) await rest();
    return reports.filter(is).at(-1);
  };
  const open = (session, training = {}) =>
    host.obey({ type: "open", session, lanes: [{ id: "a", network: {}, training }], limit: null });
  return { host, reports, until, open };
}

const news = (session, is) => (report) => report.type === "news" && report.news.session === session && is(report.news);

describe("the host", () => {
  test("plays, pauses and steps", async () => {
    const { host, until, open, reports } = served();
    await open("train");
    host.obey({ type: "play", session: "train" });
    await until(news("train", ({ lanes }) => lanes[0].samples > 500));
    await host.obey({ type: "pause", session: "train" });
    const { news: paused } = await until(news("train", ({ playing, lanes }) => !playing && lanes[0].samples > 500));
    assert.equal(paused.lanes[0].test.samples, test10.labels.length, "there is time to ask all");
    await host.obey({ type: "step", session: "train", lane: "a", by: "sample" });
    const after = reports.at(-1).news.lanes[0];
    assert.equal(after.samples, paused.lanes[0].samples + 1);
    assert.equal(after.last.label, labels[after.last.row]);
    assert.deepEqual(after.last.pixels, images.slice(784 * after.last.row, 784 * (after.last.row + 1)));
  });

  test("sends points and moments once", async () => {
    const { host, until, open, reports } = served();
    await open("train");
    await host.obey({ type: "play", session: "train", until: 2 * SIZE });
    await until(news("train", ({ lanes }) => lanes[0].epoch === 2));
    const all = reports.filter(({ type }) => type === "news").flatMap((report) => report.news.lanes[0].points);
    assert.equal(new Set(all.map(({ samples }) => samples)).size, all.length);
    const moments = reports.filter(({ type }) => type === "news").flatMap((report) => report.news.lanes[0].moments);
    assert.deepEqual(moments.map(({ epoch }) => epoch), [0, 0, 0, 0, 1, 2]);
  });

  test("plays one session at a time", async () => {
    const { host, until, open } = served();
    await open("train");
    await open("race");
    host.obey({ type: "play", session: "train" });
    await until(news("train", ({ playing }) => playing));
    host.obey({ type: "play", session: "race" });
    await until(news("train", ({ playing, lanes }) => !playing && lanes[0].samples > 0));
    await host.obey({ type: "pause", session: "race" });
  });

  test("says what is wrong, and goes on", async () => {
    const { host, until, open } = served();
    await open("train", { loss: "cross_entropy", learning_rate: -1 });
    assert.match((await until(({ type }) => type === "failed")).message, /learning_rate is -1/);
    await host.answer(7, { type: "model", session: "nowhere", lane: "a" });
    assert.match((await until(({ type }) => type === "answer")).message, /no session nowhere/);
    await open("train");
    assert.ok(await until(news("train", () => true)));
  });

  test("gives the model, with its score and its data", async () => {
    const { host, until, open } = served();
    await open("train");
    await host.obey({ type: "play", session: "train", until: SIZE });
    await host.answer(1, { type: "model", session: "train", lane: "a" });
    const { value } = await until(({ type }) => type === "answer");
    const { header, network } = read(write(value));
    assert.ok(header.scores.test_accuracy > 0.6);
    assert.equal(header.history.length, 1);
    assert.match(header.data.sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(network.weights, value.network.weights);
  });
});

describe("a recording", () => {
  const made = () => {
    const { run, moments } = learn(lane({ learning_rate: 0.05 }), 2 * SIZE);
    return { id: "x", name: "x", config: run.config, training: run.training, epochs: moments, points: [] };
  };

  test("comes back from its file", () => {
    const old = made();
    const again = recordingOf(read(write(modelOf(old))), "y", "y");
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
    const again = recordingOf(read(write(modelOf(old))), "y", "y");
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
    assert.throws(() => recordingOf(bare, "", ""), /no recording in this file; make one with: mnist-nn train --record/);
  });
});
