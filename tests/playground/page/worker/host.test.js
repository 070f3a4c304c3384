// The training worker does what the page orders, and answers what it asks.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { read, write } from "#page/core/modelfile.js";
import { Host } from "#page/worker/host.js";
import { SIZE, data, images, labels } from "./lanes.mjs";

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
    assert.equal(paused.lanes[0].test.samples, data.test.labels.length, "there is time to ask all");
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

  test("stops where it was asked to, and says from where to go on", async () => {
    const { host, until, open } = served();
    await open("train");
    await host.obey({ type: "play", session: "train", goal: { epochs: 1 } });
    const { news: { lanes: [lane], reached } } = await until(news("train", ({ playing, lanes: [{ samples }] }) =>
      !playing && samples > 0));
    assert.deepEqual([reached, lane.epoch, lane.at.samples, lane.examined], [true, 1, SIZE, true]);
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
