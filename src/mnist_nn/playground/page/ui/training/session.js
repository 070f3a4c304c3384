/**
 * The training of the page: it goes on while other rooms are open, and whoever shows it listens. It outlives a reload,
 * and its settings can be taken back.
 */

import { sizes } from "../../core/config.js";
import { openWorker } from "../../worker/client.js";
import { explain } from "../text.js";
import { buildUndo } from "../undo.js";
import { describeGoal, isMet, parseGoal } from "./goal.js";
import { openKeeper } from "./keeper.js";
import { DEFAULTS, sameNetwork, describeSettings, parseSettings } from "./settings.js";
import { drawNumber, nameOpen, rememberOpen } from "./numbers.js";
import { thinMoments, thinPoints } from "./thin.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../../worker/lane.js").Moment} Moment */
/** @typedef {import("../../worker/lane.js").Point} Point */
/** @typedef {import("../../worker/host.js").LaneState} LaneState */
/** @typedef {import("./settings.js").Settings} Settings */
/**
 * A training with its moments, the first of them before anything was learned. `points` are there if it was made here,
 * and `rest` is where it stood last.
 * @typedef {{id: string, name: string, config: import("../../core/config.js").NetworkConfig,
 *   training: Record<string, any>, epochs: Moment[], points: Point[], rest?: Moment}} Recording
 */
/**
 * What can be taken back: the training as it was, and its settings.
 * @typedef {{recording: Recording, settings: Settings}} Past
 */

const SESSION = "train";
const AT_ONCE = 1000; // milliseconds, in which changes count as one, as where a slider moves

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
  /** Where it stops, as a text of goal.js. */
  goal = "";
  /** The number of this training, and how often one was opened. */
  number = 0;
  opened = 0;
  stored = /** @type {Recording[]} */ ([]); // before the page was loaded
  changes = /** @type {ReturnType<typeof buildUndo<Past>>} */ (buildUndo());
  changed = -Infinity;
  /** @type {Set<() => void>} */
  listeners = new Set();

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.worker = openWorker();
    this.worker.listen(SESSION, (event) => this.hear(event));
    this.keeper = openKeeper();
    /** Done once the trainings that were kept are there. */
    this.kept = this.keeper.load().then((all) => {
      this.stored = all;
      all.filter(({ epochs }) => epochs.length > 1).forEach((one) => app.runs.add(/** @type {any} */ (one)));
    });
  }

  get id() {
    return `training-${this.number}`;
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
    const [{ app }, place] = [this, Number(formatPlace(from))];
    const name = app.text("training.forkName", this.number, old.name.split(":")[0], place, Number(rate) || from.rate);
    this.recording = { ...this.recorded(), config: old.config, name };
    this.worker.send({ type: "open", session: SESSION, lanes: [{ id: this.id, network: old.config, training, from }] });
    this.message = app.text("training.forked", old.name, place);
    this.store(this.recorded().epochs);
    this.tell();
  }

  /**
   * Go on with a training where it stood last.
   * @param {Recording} recording
   * @param {Settings} [settings]
   */
  resume(recording, settings = describeSettings(recording.config, recording.training)) {
    const from = recording.rest ?? recording.epochs[recording.epochs.length - 1];
    const { training } = parseSettings(settings);
    this.opened++;
    this.number = Number(recording.id.replace(/\D+/g, ""));
    Object.assign(this, { settings, status: "loading", lane: null, message: "", bad: false, recording,
      points: recording.points });
    recording.training = training;
    rememberOpen(recording.id);
    const lanes = [{ id: this.id, network: recording.config, training, from }];
    this.worker.send({ type: "open", session: SESSION, lanes });
    this.tell();
  }

  /**
   * The training that was open before the page was loaded again, if its settings are those that are asked for.
   * @param {Settings | null} wanted null if any will do
   * @returns {boolean} whether there is one
   */
  resumeOpen(wanted) {
    const recording = this.stored.find(({ id }) => id === nameOpen());
    if (!recording) return false;
    const settings = describeSettings(recording.config, recording.training);
    if (wanted && JSON.stringify(wanted) !== JSON.stringify(settings)) return false;
    this.resume(recording, settings);
    this.message = this.app.text("training.resumed");
    return true;
  }

  /**
   * Other settings: from the next sample on, or, for another network, from the beginning.
   * @param {Settings} settings
   */
  change(settings) {
    this.remember();
    this.put(settings);
  }

  /** @param {Settings} settings */
  put(settings) {
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
      this.note(explain(error), true);
    }
  }

  /** The same settings from the beginning, or others; also another try where loading has failed. */
  restart(settings = this.settings) {
    this.remember();
    try {
      this.anew(settings);
      this.note("");
    } catch (error) {
      this.note(explain(error), true);
    }
  }

  /** What is now can be taken back. */
  remember() {
    const now = performance.now();
    if (this.recording && this.status !== "idle" && now - this.changed > AT_ONCE) this.changes.remember(this.now());
    this.changed = now;
  }

  /** @returns {Past} */
  now() {
    return { recording: this.recorded(), settings: this.settings };
  }

  /** Take the last change back: the settings, and the training itself where it had begun anew. */
  undo() {
    if (this.recording) this.goTo(this.changes.undo(this.now()));
  }

  redo() {
    if (this.recording) this.goTo(this.changes.redo(this.now()));
  }

  /** @param {Past | undefined} past */
  goTo(past) {
    if (!past) return;
    this.changed = -Infinity;
    if (past.recording === this.recording) this.put(past.settings);
    else this.resume(past.recording, past.settings);
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
    const goal = until === undefined ? this.readGoal() : {};
    if (!goal) return;
    if (this.lane && isMet(goal, this.lane)) {
      this.note(this.app.text("training.met", describeGoal(this.app.text, this.goal)));
      return;
    }
    this.playing = true;
    if (!this.bad) this.message = "";
    this.worker.send({ type: "play", session: SESSION, pace: this.pace, until, goal });
    this.tell();
  }

  /**
   * Stop somewhere else, from now on.
   * @param {string} goal
   */
  aim(goal) {
    if (goal === this.goal) return;
    this.goal = goal;
    if (!this.readGoal()) return;
    this.note("");
    if (this.playing) this.play();
  }

  readGoal() {
    try {
      return parseGoal(this.goal);
    } catch (error) {
      this.note(explain(error), true);
      return null;
    }
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
    this.number = drawNumber(this.number);
    rememberOpen(this.id);
    const name = this.app.text("training.runName", this.number, sizes(config).join("-"));
    this.recording = { id: this.id, name, config, training, epochs, points: [...points] };
    this.points = this.recording.points;
    Object.assign(this, { settings, status: "loading", lane: null, message: "", bad: false });
  }

  recorded() {
    return /** @type {Recording} */ (this.recording);
  }

  /** @param {import("../../worker/client.js").Event} event */
  hear(event) {
    if (event.type === "failed") this.fail(explain(event));
    if (event.type === "news" && event.news.lanes[0].id === this.id) this.take(event.news);
  }

  /** @param {import("../../worker/host.js").News} news */
  take({ playing, reached, lanes: [lane] }) {
    Object.assign(this, { status: "ready", playing, lane });
    const last = this.points.at(-1)?.samples ?? -1;
    this.points.push(...lane.points.filter(({ samples }) => samples > last));
    thinPoints(this.points);
    for (const moment of lane.moments) this.keep(moment);
    if (lane.at) this.rest(lane.at);
    if (reached && !playing && !this.message) {
      this.note(this.app.text("training.reached", describeGoal(this.app.text, this.goal)));
      return;
    }
    if (lane.diverged && !this.bad) this.note(this.app.text("training.diverged", String(lane.rate)), true);
    else this.tell();
  }

  /** @param {Moment} moment */
  keep(moment) {
    const recording = this.recorded();
    const all = [...recording.epochs, moment];
    const kept = thinMoments(all);
    recording.epochs.splice(0, Infinity, ...kept);
    if (moment.samples > 0) this.store(kept.length > 2 ? [moment] : kept, all.filter((one) => !kept.includes(one)));
    const runs = /** @type {{list(): any[], add(run: any): void}} */ (this.app.runs);
    if (recording.epochs.length > 1 && !runs.list().includes(recording)) runs.add(recording);
  }

  /**
   * Where the training stands, to go on from there if the page is loaded again.
   * @param {Moment} moment
   */
  rest(moment) {
    const recording = this.recorded();
    recording.rest = moment;
    if (moment.samples > 0) this.store(recording.epochs.length > 1 ? [] : recording.epochs);
  }

  /**
   * Keep the training beyond the page.
   * @param {Moment[]} added
   * @param {Moment[]} [dropped]
   */
  store(added, dropped) {
    const recording = this.recorded();
    this.keeper.change(recording.id, added, dropped);
    this.keeper.note(recording);
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
