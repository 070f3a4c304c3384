/**
 * What the worker does with the orders of the page, apart from being a worker: sessions of lanes, of which one may be
 * playing, and questions that get an answer.
 */

import { evaluate } from "../core/evaluation.js";
import { makeModel } from "../core/checkpoint.js";
import { tell, toMessage } from "../core/errors.js";
import { changeLane, examine, toBatchEnd } from "./lane.js";
import { gatherNews, openSession, prepare, settle, step, work } from "./session.js";

/** @typedef {import("../core/errors.js").Told} Told */
/** @typedef {import("./lane.js").Data} Data */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./session.js").News} News */
/** @typedef {import("./session.js").LaneState} LaneState */
/**
 * @typedef {{type: "open", session: string, lanes: import("./lane.js").Spec[], limit?: number | null}
 *   | {type: "play", session: string, measure?: import("./session.js").Measure, pace?: number | null,
 *     until?: number | "epoch", goal?: import("./lane.js").Goal}
 *   | {type: "pause", session: string}
 *   | {type: "step", session: string, lane: string, by: "sample" | "batch"}
 *   | {type: "change", session: string, lane: string, training: import("./lane.js").Settings}} Order
 */
/**
 * @typedef {{type: "model", session: string, lane: string}
 *   | {type: "examine", network: import("../core/network.js").Network}} Question
 */
/**
 * @typedef {{type: "news", news: News} | {type: "loading"} | {type: "ready"}
 *   | {type: "failed", session: string, message: string, told?: Told}
 *   | {type: "answer", id: number, value?: any, message?: string, told?: Told}} Report
 */

const REPORT_EVERY = 100; // milliseconds
const RESUMABLE_EVERY = 3000; // milliseconds between two reports that say where to go on from
const BREATH = 15; // milliseconds between turns where the pace is limited

export class Host {
  /** @type {Map<string, Session>} */
  sessions = new Map();
  /** @type {Promise<Data> | null} */
  data = null;
  /** @type {Session | null} */
  playing = null;
  running = false;

  /**
   * @param {(report: Report) => void} post
   * @param {() => Promise<Data>} load
   * @param {(milliseconds: number) => Promise<void>} rest lets messages in
   */
  constructor(post, load, rest) {
    this.post = post;
    this.load = load;
    this.rest = rest;
  }

  /** @returns {Promise<Data>} */
  loaded() {
    if (!this.data) {
      this.post({ type: "loading" });
      this.data = this.load();
      this.data.then(() => this.post({ type: "ready" }), () => (this.data = null));
    }
    return this.data;
  }

  /** @param {Order} order */
  async obey(order) {
    try {
      await this.execute(order, await this.loaded());
    } catch (error) {
      this.post({ type: "failed", session: order.session, ...describe(error) });
    }
  }

  /**
   * @param {number} id
   * @param {Question} question
   */
  async answer(id, question) {
    try {
      this.post({ type: "answer", id, value: await this.reply(question, await this.loaded()) });
    } catch (error) {
      this.post({ type: "answer", id, ...describe(error) });
    }
  }

  /**
   * @param {Order} order
   * @param {Data} data
   */
  async execute(order, data) {
    if (order.type === "open") return this.open(order, data);
    const session = this.session(order.session);
    if (order.type === "play") return this.play(session, order);
    if (order.type === "pause") return this.stop(session);
    const lane = findLane(session, order.lane);
    if (order.type === "step") step(lane, order.by === "sample" ? 1 : toBatchEnd(lane));
    else changeLane(lane, order.training);
    this.tell(session);
  }

  /**
   * @param {Question} question
   * @param {Data} data
   */
  async reply(question, data) {
    const { images, labels } = data.test;
    if (question.type === "examine") return evaluate(question.network, images, labels);
    const { run } = findLane(this.session(question.session), question.lane);
    const { accuracy } = examine(run.network, data.test);
    return makeModel(run, { scores: { test_accuracy: accuracy }, data: await describeData(data) });
  }

  /**
   * @param {Extract<Order, {type: "open"}>} order
   * @param {Data} data
   */
  open({ session: name, lanes, limit }, data) {
    const session = openSession(name, lanes, limit, data);
    if (this.playing?.name === name) this.playing = null;
    this.sessions.set(name, session);
    this.tell(session);
  }

  /**
   * Only one session plays at a time, so that none takes another's seconds.
   * @param {Session} session
   * @param {Extract<Order, {type: "play"}>} how
   */
  async play(session, how) {
    prepare(session, how);
    if (this.playing && this.playing !== session) this.stop(this.playing);
    this.playing = session;
    if (!this.running) await this.run();
  }

  async run() {
    this.running = true;
    let told = 0;
    let saved = performance.now();
    let turn = performance.now();
    while (this.playing) {
      const session = this.playing;
      const now = performance.now();
      const busy = work(session, now - turn);
      turn = now;
      if (!busy) {
        this.stop(session);
      } else if (performance.now() - told > REPORT_EVERY) {
        told = performance.now();
        const due = told - saved > RESUMABLE_EVERY;
        if (due) saved = told;
        this.tell(session, due);
      }
      await this.rest(session.pace < Infinity ? BREATH : 0);
    }
    this.running = false;
  }

  /** @param {Session} session */
  stop(session) {
    if (this.playing === session) this.playing = null;
    settle(session);
    this.tell(session);
  }

  /**
   * @param {Session} session
   * @param {boolean} [resumable]
   */
  tell(session, resumable) {
    this.post({ type: "news", news: gatherNews(session, this.playing === session, resumable) });
  }

  /** @param {string} name */
  session(name) {
    const session = this.sessions.get(name);
    if (!session) throw new Error(`there is no session ${name}; open it first`);
    return session;
  }
}

/**
 * @param {Session} session
 * @param {string} id
 */
function findLane(session, id) {
  const lane = session.lanes.find((one) => one.id === id);
  if (!lane) throw new Error(`session ${session.name} has no lane ${id}`);
  return lane;
}

/**
 * Name and proof of the training data, as the library writes them: SHA-256 of both IDX files, one after the other.
 * Browsers have no SHA-256 for pages from other machines without https; the model then says nothing of its data.
 * @param {Data} data
 * @returns {Promise<Record<string, string>>}
 */
async function describeData({ train: { images, labels } }) {
  if (!globalThis.crypto?.subtle) return {};
  const files = new Blob([images, labels].map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await files.arrayBuffer()));
  return { name: "mnist", sha256: Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}

/**
 * What the page can say of an error.
 * @param {unknown} error
 * @returns {{message: string, told?: Told}}
 */
function describe(error) {
  const told = tell(error);
  return typeof told === "string" ? { message: told } : { message: toMessage(told), told };
}
