/**
 * The curves of one training and of those laid over it, in epochs, with a mark where the time machine stands.
 */

import { COLOURS, DASHES, LineChart, rangeFromZero, rangeOfShares } from "../../ui/charts.js";
import { exactPercent, significant, wholePercent } from "../../ui/training/format.js";
import { findAnswer } from "./recordings.js";

/** @typedef {import("../../ui/training/session.js").Recording} Recording */
/** @typedef {import("../../worker/lane.js").Moment} Moment */

/**
 * @param {import("../../ui/app.js").App["text"]} text
 * @param {(epochs: number) => void} pick
 */
export function buildCurves(text, pick) {
  const common = { xLabel: text("history.axis"), table: text("chart.table"), x: significant, pick };
  const accuracy = new LineChart({ ...common, title: text("history.accuracy"), explain: "accuracy",
    y: exactPercent, tick: wholePercent,
    range: rangeOfShares });
  const losses = new LineChart({ ...common, title: text("history.loss"), explain: "curve",
    y: significant, range: rangeFromZero,
    log: text("chart.log") });
  const both = [accuracy, losses];
  let names = "";
  return {
    elements: both.map(({ element }) => element),
    /**
     * @param {Recording[]} shown the first is the one looked at
     * @param {Moment} moment
     */
    render: (shown, moment) => {
      const next = shown.map(({ name }) => name).join("\n");
      if (next !== names) {
        const lines = shown.map(({ name, points }, i) =>
          ({ label: name, colour: COLOURS[i], dash: DASHES[i], points: points.length === 0 }));
        both.forEach((chart) => chart.draw(lines));
        names = next;
      }
      accuracy.update(shown.map(listTested));
      losses.update(shown.map(listLearned));
      both.forEach((chart) => chart.mark(epochsOf(moment)));
    },
    restyle: () => both.forEach((chart) => chart.build()),
    destroy: () => both.forEach((chart) => chart.destroy()),
  };
}

/** @param {Moment} moment */
export const epochsOf = ({ epoch, offset, size }) => epoch + offset / size;

/**
 * Right answers on the test images: measured on the way, or asked at each moment.
 * @param {Recording} recording
 * @returns {import("../../ui/charts.js").Series}
 */
function listTested({ points, epochs }) {
  if (points.length) return { x: points.map((point) => point.epochs), y: points.map((point) => point.test) };
  return { x: epochs.map(epochsOf), y: epochs.map((moment) => findAnswer(moment)?.accuracy ?? null) };
}

/**
 * @param {Recording} recording
 * @returns {import("../../ui/charts.js").Series}
 */
function listLearned({ points, epochs }) {
  const made = points.filter(({ loss }) => loss !== null);
  if (made.length) return { x: made.map((point) => point.epochs), y: made.map((point) => point.loss) };
  return { x: epochs.map(epochsOf), y: epochs.map(({ loss }) => loss) };
}
