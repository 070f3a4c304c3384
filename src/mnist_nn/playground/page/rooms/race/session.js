/**
 * The race that is on: it stays while other rooms are open, and whoever shows it listens.
 */

import { openWorker } from "../../worker/client.js";
import { explain } from "../../ui/text.js";
import { buildUndo } from "../../ui/undo.js";
import { makeRace, parseRace } from "./lanes.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../worker/host.js").LaneState} LaneState */
/** @typedef {import("../../worker/lane.js").Point} Point */
/** @typedef {import("./lanes.js").Race} Race */
/**
 * What is known of a lane; no state before the first news.
 * @typedef {{state: LaneState | null, points: Point[]}} Progress
 */

const SESSION = "race";

/** @type {RaceSession | null} */
let only = null;

/**
 * @param {App} app
 * @returns {RaceSession}
 */
export function openRace(app) {
  only ??= new RaceSession(app);
  return only;
}

export class RaceSession {
  /** @type {Race} */
  race;
  status = "idle"; // then loading, and ready
  playing = false;
  finished = false;
  sameStart = true;
  message = "";
  limit = 0;
  /** The lane that somebody thinks will win. @type {number | null} */
  guess = null;
  /** @type {Progress[]} */
  progress = [];
  opened = 0;
  changes = /** @type {ReturnType<typeof buildUndo<Race>>} */ (buildUndo());
  /** @type {() => void} */
  listener = () => {};

  /** @param {App} app */
  constructor(app) {
    this.race = makeRace("batch", app.text);
    this.worker = openWorker();
    this.worker.listen(SESSION, (event) => this.hear(event));
  }

  /**
   * Line up for a race; it starts when `play` is called.
   * @param {Race} race
   */
  open(race) {
    this.race = race;
    this.opened++;
    this.guess = null;
    this.progress = race.lanes.map(() => ({ state: null, points: [] }));
    Object.assign(this, { status: "loading", playing: false, finished: false, message: "" });
    try {
      const { specs, limit } = parseRace(race);
      this.limit = limit;
      const lanes = specs.map((spec) => ({ ...spec, id: this.id(spec.id) }));
      this.worker.send({ type: "open", session: SESSION, lanes, limit });
    } catch (error) {
      Object.assign(this, { status: "idle", message: explain(error) });
    }
    this.listener();
  }

  /** Whether the race may begin: where a guess must come first, it has been made. */
  get allowed() {
    return this.race.guess !== "first" || this.guess !== null;
  }

  play() {
    if (!this.allowed) return;
    this.playing = true;
    this.worker.send({ type: "play", session: SESSION, measure: this.race.measure });
    this.listener();
  }

  pause() {
    this.worker.send({ type: "pause", session: SESSION });
  }

  /**
   * The network of a lane as a model, and its name.
   * @param {number} i
   * @returns {Promise<{model: import("../../core/modelfile.js").Model, name: string}>}
   */
  async take(i) {
    const model = await this.worker.ask({ type: "model", session: SESSION, lane: this.id(`lane-${i + 1}`) });
    return { model, name: this.race.lanes[i].name };
  }

  /** @param {Race["measure"]} measure */
  compare(measure) {
    this.race = { ...this.race, measure };
    if (this.playing) this.play();
    this.listener();
  }

  /**
   * Whether a guess must come before the start.
   * @param {Race["guess"]} guess
   */
  ask(guess) {
    this.race = { ...this.race, guess };
    this.listener();
  }

  /** @param {string} lane */
  id(lane) {
    return `${this.opened}-${lane}`;
  }

  /** @param {import("../../worker/client.js").Event} event */
  hear(event) {
    if (event.type === "failed") {
      const status = this.status === "loading" ? "idle" : this.status;
      Object.assign(this, { playing: false, status, message: explain(event) });
    } else if (event.type === "news" && event.news.lanes[0].id === this.id("lane-1")) {
      const { playing, finished, sameStart, lanes } = event.news;
      Object.assign(this, { status: "ready", playing, finished, sameStart });
      lanes.forEach((state, i) => {
        this.progress[i].state = state;
        this.progress[i].points.push(...state.points);
      });
    } else {
      return;
    }
    this.listener();
  }
}
