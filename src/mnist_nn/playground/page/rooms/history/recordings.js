/**
 * The trainings that the time machine knows: those of this page, those served with it, those opened from files; and
 * what their networks said to all test images at each moment, asked in the worker, one after the other.
 */

import { fetchBytes } from "../../core/data.js";
import { DataError, tell } from "../../core/errors.js";
import { read } from "../../core/modelfile.js";
import { openWorker } from "../../worker/client.js";
import { chooseFew } from "../../ui/training/thin.js";
import { readRecording } from "./recording-file.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../core/evaluation.js").Evaluation} Evaluation */
/** @typedef {import("../../worker/lane.js").Moment} Moment */
/** @typedef {import("../../ui/training/session.js").Recording} Recording */

const ASKED = 120; // moments of a recording, evenly; others are asked when somebody looks at them

/** @type {WeakMap<Moment, Evaluation>} */
const answers = new WeakMap();
/** @type {Promise<void> | null} */
let served = null;

/**
 * @param {App} app
 * @returns {Recording[]}
 */
export const listRecordings = (app) => /** @type {any[]} */ (app.runs.list());

/**
 * Load the recordings that are served with the page, once.
 * @param {App} app
 * @returns {Promise<void>}
 */
export function loadServed(app) {
  served ??= Promise.all((app.manifest.runs ?? []).map(async ({ name, url }) =>
    add(app, readRecording(read(await fetchBytes(url)), `recorded:${name}`, name)))).then(() => undefined);
  served.catch(() => void (served = null)); // another try may do better
  return served;
}

/**
 * Take in a recording from a file; one of the same name gets a number.
 * @param {App} app
 * @param {string} name
 * @param {ArrayBuffer} bytes
 */
export function addFile(app, name, bytes) {
  const taken = listRecordings(app).filter(({ id }) => id.startsWith(`file:${name}`)).length;
  const shown = taken ? `${name} (${taken + 1})` : name;
  return add(app, readRecording(read(bytes), `file:${shown}`, shown));
}

/**
 * @param {App} app
 * @param {Recording} recording
 */
function add(app, recording) {
  const known = listRecordings(app).find(({ id }) => id === recording.id);
  if (known) return known;
  app.runs.add(/** @type {any} */ (recording));
  return recording;
}

/**
 * What a network said at a moment, if it was asked already.
 * @param {Moment} moment
 */
export const findAnswer = (moment) => answers.get(moment);

/** Asks for what is shown, the current moment first, and then for the rest; one question at a time. */
export class Examiner {
  busy = false;
  over = false;
  /** @type {{moment: Moment, recording: Recording}[]} */
  wanted = [];

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
  }

  /**
   * @param {Recording[]} shown
   * @param {Moment | undefined} first
   */
  want(shown, first) {
    const all = shown.flatMap((recording) => {
      const { epochs } = recording;
      const at = first ? epochs.indexOf(first) : -1;
      return chooseFew(epochs.length, Math.max(at, 0), ASKED).map((i) => ({ moment: epochs[i], recording }));
    });
    const open = all.filter(({ moment }) => !answers.has(moment));
    this.wanted = [...open.filter(({ moment }) => moment === first), ...open.filter(({ moment }) => moment !== first)];
    this.next();
  }

  async next() {
    const [now] = this.wanted;
    if (this.busy || this.over || !now) return;
    this.busy = true;
    const { weights, biases } = now.moment;
    const network = { config: now.recording.config, weights, biases };
    try {
      answers.set(now.moment, await openWorker().ask({ type: "examine", network }));
      this.wanted = this.wanted.filter(({ moment }) => moment !== now.moment);
    } catch (error) {
      this.over = true; // until the room is opened again
      throw new DataError(tell(error), { cause: error });
    } finally {
      this.busy = false;
    }
    if (this.over) return;
    this.changed();
    this.next();
  }

  stop() {
    this.over = true;
  }
}
