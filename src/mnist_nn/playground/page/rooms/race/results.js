/**
 * What came out of a race, as a table.
 */

import { fill, h, wide } from "../../ui/dom.js";
import { fixed } from "../../ui/format.js";
import { count } from "../../ui/language.js";
import { exactPercent } from "../../ui/training/format.js";

/** @typedef {import("./session.js").RaceSession} RaceSession */
/** @typedef {import("./session.js").Progress} Progress */

const GOAL = 0.85;

/** @param {import("../../ui/app.js").App["text"]} text */
export function buildResultsTable(text) {
  const columns = ["lane", "test", "goal.samples", "goal.seconds", "seconds", "micro"];
  const body = h("tbody");
  const names = columns.map((name) => h("th", { scope: "col" }, text(`race.results.${name}`, 100 * GOAL)));
  const table = h("table", { class: "results" }, h("caption", {}, text("race.results")),
    h("thead", {}, h("tr", {}, ...names)), body);
  return {
    element: wide(text("race.results"), table),
    /** @param {RaceSession} session */
    render: ({ race, progress }) => fill(body, ...race.lanes.map(({ name }, i) =>
      h("tr", {}, h("th", { scope: "row" }, name),
        ...listCells(text, progress[i]).map((value) => h("td", {}, value))))),
  };
}

/**
 * @param {import("../../ui/app.js").App["text"]} text
 * @param {Progress} progress
 */
function listCells(text, { state, points }) {
  if (!state) return ["–", "–", "–", "–", "–"];
  const there = points.find(({ test }) => test >= GOAL);
  return [
    state.diverged ? text("race.results.diverged") : exactPercent(state.test.accuracy),
    there ? count(there.samples) : text("race.results.never"),
    there ? fixed(there.seconds, 2) : text("race.results.never"),
    fixed(state.seconds, 2), state.samples ? fixed((state.seconds / state.samples) * 1e6, 1) : "–",
  ];
}
