/**
 * The training of the page: it goes on while other rooms are open, and whoever shows it listens.
 */

import { sizes } from "../../core/config.js";
import { openWorker } from "../../worker/client.js";
import { DEFAULTS, sameNetwork, describeSettings, parseSettings } from "./settings.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../../worker/lane.js").Moment} Moment */
/** @typedef {import("../../worker/lane.js").Point} Point */
/** @typedef {import("../../worker/host.js").LaneState} LaneState */
/** @typedef {import("./settings.js").Settings} Settings */
/**
 * A training with its moments, the first of them before anything was learned. `points` are there if it was made here.
 * @typedef {{id: string, name: string, config: import("../../core/config.js").NetworkConfig,
 *   training: Record<string, any>, epochs: Moment[], points: Point[]}} Recording
 */

const SESSION = "train";

/** @type {Session | null} */
let only = null;

/**
 * @param {App} app
 * @returns {Session}
 */
export function openTraining(app) {
  only ??= new Session(app);
  return only;
}

export class Session {
  /** @type {Settings} */
  settings = { ...DEFAULTS };
  status = "idle"; // then loading, and ready
  playing = false;
  /** What is wrong, or worth knowing. */
  message = "";
  bad = false;
  /** @type {LaneState | null} */
  lane = null;
  /** @type {Point[]} */
  points = [];
  /** @type {Recording | null} */
  recording = null;
  /** @type {number | null} */
  pace = null;
  opened = 0;
  /** @type {Set<() => void>} */
  listeners = new Set();

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.worker = openWorker();
    this.worker.listen(SESSION, (event) => this.hear(event));
  }

  get id() {
    return `training-${this.opened}`;
  }

  get fresh() {
    return !this.lane || this.lane.samples === 0;
  }

  /**
   * Begin anew.
   * @param {Settings} settings
   */
  open(settings) {
    const { network, training } = parseSettings(settings);
    this.begin(settings, training, [], []);
    this.worker.send({ type: "open", session: SESSION, lanes: [{ id: this.id, network, training }] });
    this.tell();
  }

  /**
   * Go on from a moment of a recording, with another rate.
   * @param {Recording} old
   * @param {number} index of the moment
   * @param {string} rate as a setting: "" for the automatic one
   */
  fork(old, index, rate) {
    const settings = { ...describeSettings(old.config, old.training), rate };
    const { training } = parseSettings(settings);
    const from = old.epochs[index];
    this.begin(settings, training, old.epochs.slice(0, index + 1), old.points.filter((p) => p.samples <= from.samples));
    const { app } = this;
    const name = app.text("training.forkName", this.opened, old.name.split(":")[0], formatPlace(from),
      rate || String(from.rate));
    this.recording = { ...this.recorded(), config: old.config, name };
    this.worker.send({ type: "open", session: SESSION, lanes: [{ id: this.id, network: old.config, training, from }] });
    this.message = app.text("training.forked", old.name, formatPlace(from));
    this.tell();
  }

  /**
   * Other settings: from the next sample on, or, for another network, from the beginning.
   * @param {Settings} settings
   */
  change(settings) {
    try {
      const { training } = parseSettings(settings);
      if (!sameNetwork(settings, this.settings) || this.status === "idle") return this.anew(settings);
      this.note("");
      this.settings = settings;
      this.recorded().training = training;
      this.worker.send({ type: "change", session: SESSION, lane: this.id, training });
      this.tell();
    } catch (error) {
      this.settings = settings;
      this.note(/** @type {Error} */ (error).message, true);
    }
  }

  /** The same settings from the beginning; also another try where loading has failed. */
  restart() {
    try {
      this.anew(this.settings);
      this.note("");
    } catch (error) {
      this.note(/** @type {Error} */ (error).message, true);
    }
  }

  /** @param {Settings} settings */
  anew(settings) {
    const { playing, fresh } = this;
    this.open(settings);
    if (playing) this.play();
    if (!fresh) this.note(this.app.text("training.anew"));
  }

  /** @param {number | "epoch"} [until] samples */
  play(until) {
    this.playing = true;
    if (!this.bad) this.message = "";
    this.worker.send({ type: "play", session: SESSION, pace: this.pace, until });
    this.tell();
  }

  pause() {
    this.worker.send({ type: "pause", session: SESSION });
  }

  /** @param {"sample" | "batch"} by */
  step(by) {
    this.worker.send({ type: "step", session: SESSION, lane: this.id, by });
  }

  /** @param {number | null} pace samples a second */
  limit(pace) {
    this.pace = pace;
    if (this.playing) this.play();
  }

  /** @returns {Promise<import("../../core/modelfile.js").Model>} */
  model() {
    return this.worker.ask({ type: "model", session: SESSION, lane: this.id });
  }

  /**
   * @param {() => void} listener
   * @returns {() => void} what ends it
   */
  on(listener) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /**
   * @param {Settings} settings
   * @param {Record<string, any>} training
   * @param {Moment[]} epochs
   * @param {Point[]} points
   */
  begin(settings, training, epochs, points) {
    const { network: config } = parseSettings(settings);
    this.opened++;
    const name = this.app.text("training.runName", this.opened, sizes(config).join("-"));
    this.recording = { id: this.id, name, config, training, epochs, points: [...points] };
    this.points = this.recording.points;
    Object.assign(this, { settings, status: "loading", lane: null, message: "", bad: false });
  }

  recorded() {
    return /** @type {Recording} */ (this.recording);
  }

  /** @param {import("../../worker/client.js").Event} event */
  hear(event) {
    if (event.type === "failed") this.fail(event.message);
    if (event.type === "news" && event.news.lanes[0].id === this.id) this.take(event.news);
  }

  /** @param {import("../../worker/host.js").News} news */
  take({ playing, lanes: [lane] }) {
    Object.assign(this, { status: "ready", playing, lane });
    this.points.push(...lane.points);
    for (const moment of lane.moments) this.keep(moment);
    if (lane.diverged && !this.bad) this.note(this.app.text("training.diverged", String(lane.rate)), true);
    else this.tell();
  }

  /** @param {Moment} moment */
  keep(moment) {
    const recording = this.recorded();
    recording.epochs.push(moment);
    const runs = /** @type {{list(): any[], add(run: any): void}} */ (this.app.runs);
    if (recording.epochs.length > 1 && !runs.list().includes(recording)) runs.add(recording);
  }

  /** @param {string} message */
  fail(message) {
    this.playing = false;
    if (this.status === "loading") this.status = "idle";
    this.note(message, true);
  }

  /**
   * @param {string} message
   * @param {boolean} [bad]
   */
  note(message, bad = false) {
    Object.assign(this, { message, bad });
    if (message) this.app.announce(message);
    this.tell();
  }

  tell() {
    this.listeners.forEach((listener) => listener());
  }
}

/**
 * A place in a training, in epochs.
 * @param {Moment} moment
 */
export function formatPlace({ epoch, offset, size }) {
  return String(Number((epoch + offset / size).toFixed(4)));
}
