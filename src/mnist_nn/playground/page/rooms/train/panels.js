/**
 * What one sees of a training: two charts, the weights, and the confusion matrix.
 */

import { loss } from "../../core/losses.js";
import { LineChart, rangeFromZero, rangeOfShares } from "../../ui/charts.js";
import { buildConfusionMatrix } from "../../ui/confusion-matrix.js";
import { h } from "../../ui/dom.js";
import { count } from "../../ui/language.js";
import { exactPercent, short, significant, wholePercent } from "../../ui/training/format.js";
import { buildNeuronGrid } from "../../ui/training/neurons.js";

/** @typedef {import("../../ui/app.js").App} App */
/** @typedef {import("../../ui/training/session.js").Session} Session */

const MOST_NEURONS = 64;
const CALM = 1000; // milliseconds between pictures for those who want little motion

/** @param {App} app */
export function buildPanels(app) {
  const { text } = app;
  const charts = buildCharts(text);
  const neurons = buildNeuronGrid((shown, all) => text("training.neurons.label", shown, all), MOST_NEURONS);
  const heading = h("h3", {}, text("training.neurons"));
  const matrix = buildConfusionMatrix({
    caption: "", is: text("confusion.is"), says: text("confusion.says"),
    cell: (label, said, n) => text("confusion.cell", label, said, n),
  });
  let drawn = 0;
  const draw = (/** @type {Session} */ { lane, settings }) => {
    if (!lane) return;
    heading.textContent = text(settings.hidden ? "training.neurons" : "train.neurons.outputs");
    neurons.draw(lane.first, 784);
    matrix.name(text("train.confusion.caption", count(lane.test.samples)));
    matrix.update(lane.test);
    drawn = performance.now();
  };
  return {
    elements: [
      h("div", { class: "two" }, ...charts.elements),
      h("div", { class: "two" },
        h("section", { class: "panel stack" }, heading, neurons.element, buildHelp(text("training.neurons.help"))),
        h("section", { class: "panel stack" }, h("h3", {}, text("training.confusion")), matrix.element)),
    ],
    /** @param {Session} training */
    render: (training) => {
      charts.render(training);
      if (!training.playing || !app.reducedMotion || performance.now() - drawn > CALM) draw(training);
    },
    /** @param {Session} training */
    restyle: (training) => {
      charts.restyle();
      draw(training);
    },
    destroy: () => charts.destroy(),
  };
}

/** @param {App["text"]} text */
function buildCharts(text) {
  const common = { xLabel: text("train.axis"), table: text("chart.table"), x: short };
  const accuracy = new LineChart({ ...common, title: text("train.accuracy"), explain: "accuracy",
    y: exactPercent, tick: wholePercent,
    range: rangeOfShares });
  const losses = new LineChart({ ...common, title: text("train.loss", ""), explain: "curve",
    y: significant, range: rangeFromZero,
    log: text("chart.log") });
  let drawn = { name: "", opened: -1, points: -1 };
  return {
    elements: [h("section", { class: "panel stack" }, accuracy.element, buildHelp(text("train.accuracy.help"))),
      h("section", { class: "panel stack" }, losses.element)],
    /** @param {Session} training */
    render: ({ points, settings, opened }) => {
      const name = nameLoss(settings);
      if (name === drawn.name && opened === drawn.opened && points.length === drawn.points) return;
      const x = points.map((point) => point.samples);
      const learned = points.filter((point) => point.loss !== null);
      const seen = learned.map((point) => point.samples);
      const right = learned.map((point) => point.accuracy);
      const series = [{ x: seen, y: right }, { x, y: points.map((point) => point.test) }];
      const curves = [{ x: seen, y: learned.map((point) => point.loss) },
        { x, y: points.map((point) => point.testLoss) }];
      if (!accuracy.lines.length) {
        accuracy.draw([{ label: text("train.accuracy.training"), colour: "--series-2", dash: [5, 4] },
          { label: text("train.accuracy.test"), colour: "--series-1" }], series);
        losses.draw([{ label: text("train.loss.training"), colour: "--series-2", dash: [5, 4] },
          { label: text("train.loss.test"), colour: "--series-1" }], curves);
      } else {
        accuracy.update(series);
        losses.update(curves);
      }
      losses.rename(text("train.loss", text(`loss.${name}`)));
      drawn = { name, opened, points: points.length };
    },
    restyle: () => [accuracy, losses].forEach((chart) => chart.build()),
    destroy: () => [accuracy, losses].forEach((chart) => chart.destroy()),
  };
}

/**
 * The reported loss in words; settings that contradict each other have none.
 * @param {import("../../ui/training/settings.js").Settings} settings
 */
function nameLoss(settings) {
  try {
    return loss(settings.loss, settings.output).reportedName;
  } catch {
    return "";
  }
}

/** @param {string} words */
const buildHelp = (words) => h("p", { class: "note" }, words);
