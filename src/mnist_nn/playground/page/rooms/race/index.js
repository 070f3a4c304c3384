/**
 * The room Race: two to four trainings from the same start, side by side.
 */

import { COLOURS, DASHES, LineChart, rangeFromZero, rangeOfShares } from "../../ui/charts.js";
import { buildChoice, buildEntry, putText } from "../../ui/controls.js";
import { fill, h } from "../../ui/dom.js";
import { buildModelLinks } from "../../ui/links.js";
import * as state from "../../ui/state.js";
import { count } from "../../ui/language.js";
import { exactPercent, short, significant, wholePercent } from "../../ui/training/format.js";
import { DEFAULTS } from "../../ui/training/settings.js";
import { followUndoKeys } from "../../ui/undo.js";
import { buildLaneCard } from "./cards.js";
import { buildGuess } from "./guess.js";
import { MOST_LANES, NAMES, fromParams, makeRace, toParams } from "./lanes.js";
import { buildResultsTable } from "./results.js";
import { openRace } from "./session.js";

export * as strings from "./strings.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("./lanes.js").Race} Race */
/** @typedef {import("./session.js").RaceSession} RaceSession */

/**
 * @param {HTMLElement} root
 * @param {App} app
 * @returns {import("../../ui/app.js").Room}
 */
export function mount(root, app) {
  const room = new RaceRoom(root, app);
  return { update: (params) => room.update(params), unmount: () => room.unmount() };
}

class RaceRoom {
  /** @type {import("./cards.js").Card[]} */
  cards = [];
  shown = -1;
  drawn = { what: "", measure: "" };

  /**
   * @param {HTMLElement} root
   * @param {App} app
   */
  constructor(root, app) {
    this.app = app;
    this.session = openRace(app);
    this.guess = buildGuess(app.text, {
      choose: (lane) => {
        this.session.guess = lane;
        this.render();
      },
      require: (is) => this.session.ask(is ? "first" : ""),
    });
    this.controls = this.buildControls();
    this.charts = buildCharts(app.text);
    this.results = buildResultsTable(app.text);
    this.lanes = h("div", { class: "lanes" });
    this.say = h("p", { class: "message", role: "status" });
    this.lesson = h("p", { class: "race-lesson", "data-explain": "changes", tabindex: "0" });
    const { text } = app;
    root.append(
      h("h2", {}, text("race.title")), h("p", { class: "note" }, text("race.intro")),
      h("section", { class: "panel transport" }, this.controls.element, this.lesson, this.say),
      this.lanes,
      h("div", { class: "two" }, ...this.charts.map(({ element }) => h("section", { class: "panel" }, element))),
      h("section", { class: "panel stack" }, this.results.element, h("p", { class: "note" }, text("race.seconds"))),
    );
    this.session.listener = () => this.render();
    this.endKeys = followUndoKeys(this);
    this.stop = app.on("theme", () => {
      this.charts.forEach((chart) => chart.build());
      this.paint();
    });
  }

  buildControls() {
    const { text } = this.app;
    const change = (/** @type {Partial<Race>} */ values) => this.open({ ...this.session.race, ...values });
    const preset = buildChoice(text("race.choose"),
      [...NAMES.map((name) => option(name, text(`race.${name}`))), option("own", text("race.own"))],
      (name) => (name === "own" ? this.render()
        : this.open({ ...makeRace(name, text), guess: this.session.race.guess })));
    const subset = buildEntry(text("race.subset"), { inputmode: "numeric", placeholder: text("setting.subset.all") },
      (value) => change({ subset: value }));
    const epochs = buildEntry(text("race.epochs"), { inputmode: "decimal" }, (value) => change({ epochs: value }));
    const seed = buildEntry(text("setting.seed"), { inputmode: "numeric" }, (value) => change({ seed: value }));
    const measure = buildChoice(text("race.measure"),
      [option("samples", text("race.measure.samples")), option("seconds", text("race.measure.seconds"))],
      (value) => this.session.compare(/** @type {Race["measure"]} */ (value)));
    for (const [control, word] of /** @type {const} */ ([[preset, "race"], [subset, "subset"], [epochs, "epoch"],
      [seed, "seed"], [measure, "speed"]])) control.element.dataset.explain = word;
    const play = h("button", { type: "button", class: "primary play", onclick: () => this.press() }, text("race.play"));
    const again = h("button", { type: "button", onclick: () => this.open(this.session.race) }, text("race.again"));
    const add = h("button", { type: "button", onclick: () => this.add() }, text("race.add"));
    const back = h("button", { type: "button", title: text("race.undo.help"), onclick: () => this.undo() },
      text("race.undo"));
    const element = h("div", { class: "stack" },
      h("div", { class: "race-controls" }, ...[preset, subset, epochs, seed, measure].map((one) => one.element)),
      this.guess.element, h("div", { class: "row" }, play, again, add, back));
    return { element, preset, subset, epochs, seed, measure, play, again, add, back };
  }

  press() {
    const { session: now } = this;
    if (now.playing) now.pause();
    else if (now.finished) this.open(now.race, now.race.guess === "");
    else now.play();
  }

  /**
   * @param {Race} race
   * @param {boolean} [play]
   */
  open(race, play = false) {
    if (this.session.opened > 0 && !sameRace(race, this.session.race)) this.session.changes.remember(this.session.race);
    this.session.open(race);
    if (play && this.session.status !== "idle") this.session.play();
  }

  undo() {
    const { session } = this;
    this.restore(session.changes.undo(session.race));
  }

  redo() {
    const { session } = this;
    this.restore(session.changes.redo(session.race));
  }

  /** @param {Race | undefined} race */
  restore(race) {
    if (race) this.session.open(race);
  }

  add() {
    const name = (/** @type {number} */ n) => this.app.text("race.lane", n);
    this.edit((lanes) => [...lanes, { name: name(lanes.length + 1), settings: { ...DEFAULTS } }]);
  }

  /** @param {(lanes: import("./lanes.js").Lane[]) => import("./lanes.js").Lane[]} change */
  edit(change) {
    const { race } = this.session;
    this.open({ ...race, preset: "own", lanes: change(race.lanes) });
  }

  /** @param {URLSearchParams} params */
  update(params) {
    const { session: now, app } = this;
    const wanted = fromParams(params, app.text);
    const bare = !["race", "lane", "subset", "epochs", "seed", "guess"].some((name) => params.has(name));
    if (now.opened === 0 || (!bare && !sameRace(wanted, now.race))) this.open(wanted);
    if (!bare && wanted.guess !== now.race.guess) now.ask(wanted.guess);
    if (wanted.measure !== now.race.measure && params.has("measure")) now.compare(wanted.measure);
    this.render();
  }

  render() {
    const { session: now, app: { text } } = this;
    const { race } = now;
    if (this.shown !== now.opened) this.lineUp();
    const { controls } = this;
    controls.preset.show(NAMES.includes(race.preset) ? race.preset : "own");
    for (const name of /** @type {const} */ (["subset", "epochs", "seed", "measure"])) controls[name].show(race[name]);
    putText(controls.play, text(now.playing ? "training.pause" : now.finished ? "race.rerun" : "race.play"));
    controls.play.toggleAttribute("data-playing", now.playing);
    controls.play.disabled = now.status === "idle" || !now.allowed;
    this.guess.show(now);
    const isFresh = !now.progress.some(({ state: lane }) => lane && lane.samples > 0);
    controls.again.disabled = isFresh && now.status !== "idle";
    controls.back.disabled = now.changes.isEmpty;
    controls.add.disabled = race.lanes.length >= MOST_LANES;
    putText(this.lesson, NAMES.includes(race.preset) ? text(`race.${race.preset}.lesson`) : "");
    putText(this.say, formatMessage(now, text));
    this.say.classList.toggle("bad", now.message !== "");
    now.progress.forEach((progress, i) => this.cards[i].render(progress, now.limit));
    this.paint();
    if (state.read().room === "race") state.write("race", toParams(race, text));
  }

  /** Cards and lines for other lanes. */
  lineUp() {
    const { race, opened } = this.session;
    this.shown = opened;
    if (this.cards.length !== race.lanes.length) {
      this.cards = race.lanes.map((_, i) => buildLaneCard(this.app.text, i, {
        changed: (next) => this.edit((lanes) => lanes.map((one, other) => (other === i ? next : one))),
        links: buildModelLinks(this.app, () => this.session.take(i)),
        remove: race.lanes.length > 2 ? () => this.edit((lanes) => lanes.filter((_one, other) => other !== i)) : null,
      }));
      fill(this.lanes, ...this.cards.map(({ element }) => element));
    }
    race.lanes.forEach((lane, i) => this.cards[i].show(lane));
    const lines = race.lanes.map(({ name }, i) => ({ label: name, colour: COLOURS[i], dash: DASHES[i] }));
    this.charts.forEach((chart) => chart.draw(lines));
    this.drawn = { what: "", measure: "" };
  }

  /** The curves and the results, where there is something new. */
  paint() {
    const { progress, playing, race: { measure } } = this.session;
    const what = [playing, ...progress.map(({ points }) => points.length)].join();
    if (what === this.drawn.what && measure === this.drawn.measure) return;
    this.results.render(this.session);
    const [accuracy, error] = this.charts;
    accuracy.form.x = error.form.x = measure === "samples" ? short : (value) => `${significant(value)} s`;
    accuracy.form.xLabel = error.form.xLabel = this.app.text(`race.axis.${measure}`);
    if (measure !== this.drawn.measure) this.charts.forEach((chart) => chart.build());
    const series = (/** @type {"test" | "testError"} */ which) => progress.map(({ points: all }) =>
      ({ x: all.map((point) => point[measure]), y: all.map((point) => point[which]) }));
    accuracy.update(series("test"));
    error.update(series("testError"));
    this.drawn = { what, measure };
  }

  unmount() {
    this.session.listener = () => {};
    this.stop();
    this.endKeys();
    this.charts.forEach((chart) => chart.destroy());
  }
}

/** @param {App["text"]} text */
function buildCharts(text) {
  const common = { xLabel: text("race.axis.samples"), table: text("chart.table"), x: short };
  return [
    new LineChart({ ...common, title: text("race.accuracy"), explain: "accuracy", y: exactPercent, tick: wholePercent,
      range: rangeOfShares }),
    new LineChart({ ...common, title: text("race.error"), explain: "curve", y: significant, range: rangeFromZero,
      log: text("chart.log") }),
  ];
}

/**
 * @param {RaceSession} now
 * @param {App["text"]} text
 */
function formatMessage(now, text) {
  if (now.message) return now.message;
  if (now.status === "loading") return text("training.loading");
  const start = text(now.sameStart ? "race.same" : "race.other");
  return `${now.finished ? text("race.finished", count(now.limit)) : text("race.length", count(now.limit))} ${start}`;
}

/**
 * @param {Race} a
 * @param {Race} b
 */
const sameRace = (a, b) => ["lanes", "subset", "epochs", "seed"].every((name) =>
  JSON.stringify(a[/** @type {keyof Race} */ (name)]) === JSON.stringify(b[/** @type {keyof Race} */ (name)]));

/**
 * @param {string} value
 * @param {string} name
 * @returns {[string, string]}
 */
const option = (value, name) => [value, name];
