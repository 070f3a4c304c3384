/**
 * Line charts, drawn by uPlot (vendor/), with what it lacks: a legend that reads the values at the pointer, colours of
 * the theme, a mark at one place, and the same numbers as a table for those who do not see lines.
 */

import "./language.js";
import uPlot from "../vendor/uplot/uPlot.min.js";
import { fill, h, s, wide } from "./dom.js";
import { readColour } from "./theme.js";

/**
 * A line: its colour is the name of a custom property; dashes tell lines apart where colours do not.
 * @typedef {{label: string, colour: string, dash?: number[], points?: boolean}} Line
 */
/** @typedef {{x: number[], y: (number | null)[]}} Series x ascending */
/** @typedef {(value: number) => string} Format */
/**
 * What a chart is; `tick` is for the axis, where there is little space, and `range` makes the limits of y from the
 * lowest and the highest value. `log` names the choice of a logarithmic scale, where there is one.
 * @typedef {{title: string, xLabel: string, table: string, x: Format, y: Format, tick?: Format,
 *   range: (low: number, high: number) => [number, number], pick?: (x: number) => void, height?: number,
 *   log?: string, explain?: string}} Form
 */

/** What tells lines apart: their colours, and their dashes where colours do not. */
export const COLOURS = ["--series-1", "--series-2", "--series-3", "--series-4"];
/** @type {(number[] | undefined)[]} */
export const DASHES = [undefined, [7, 4], [2, 3], [9, 3, 2, 3]];

const ROWS = 12; // of the table

export class LineChart {
  /** @type {Line[]} */
  lines = [];
  /** @type {Series[]} */
  series = [];
  /** @type {HTMLElement[]} */
  values = [];
  /** @type {uPlot | null} */
  chart = null;
  /** @type {number | null} */
  marked = null;
  logarithmic = false;

  /** @param {Form} form */
  constructor(form) {
    this.form = form;
    this.plot = h("div", { class: "plot", role: "img", "aria-label": form.title });
    this.legend = h("div", { class: "legend" });
    this.table = h("table");
    this.region = wide(form.title, this.table);
    this.details = h("details", { class: "as-table", ontoggle: () => this.tabulate() }, h("summary", {}, form.table),
      this.region);
    this.caption = h("figcaption", form.explain ? { "data-explain": form.explain, tabindex: 0 } : {}, form.title);
    this.scale = form.log ? this.buildScale(form.log) : null;
    this.element = h("figure", { class: "chart" },
      h("div", { class: "row apart" }, this.caption, this.legend), this.plot,
      h("div", { class: "row apart below" }, this.details, this.scale));
    this.observer = new ResizeObserver(() => (this.chart ? this.chart.setSize(this.size()) : this.build()));
    this.observer.observe(this.plot);
  }

  /** @param {string} name */
  buildScale(name) {
    const box = h("input", { type: "checkbox", onchange: () => {
      this.logarithmic = box.checked;
      this.build();
    } });
    return h("label", { class: "row note" }, box, name);
  }

  /**
   * Other lines from now on, and what they show.
   * @param {Line[]} lines
   * @param {Series[]} [series]
   */
  draw(lines, series = lines.map(() => ({ x: [], y: [] }))) {
    this.lines = lines;
    this.series = series;
    this.values = lines.map(() => h("b", { class: "number" }));
    fill(this.legend, ...lines.map((line, i) =>
      h("span", { class: "key" }, drawSwatch(line), h("span", {}, line.label), this.values[i])));
    this.build();
    this.say();
  }

  /**
   * The same lines with other numbers.
   * @param {Series[]} series
   */
  update(series) {
    this.series = series;
    if (this.chart) this.chart.setData(alignSeries(series));
    else this.build();
    this.say();
  }

  /** @param {string} title */
  rename(title) {
    this.form.title = title;
    this.caption.textContent = title;
    this.region.setAttribute("aria-label", title);
    this.say();
  }

  /**
   * A mark at one place, where the values are read then.
   * @param {number | null} x
   */
  mark(x) {
    if (x === this.marked) return;
    this.marked = x;
    this.chart?.redraw(false, false);
    this.say();
  }

  /** Draw all anew, with the colours of the theme. */
  build() {
    this.chart?.destroy();
    this.chart = null;
    if (!this.lines.length || !this.plot.isConnected || !this.plot.clientWidth) return;
    const hooks = {
      setCursor: [(/** @type {uPlot} */ u) => this.read(u.cursor.idx ?? null)],
      draw: [(/** @type {uPlot} */ u) => drawMark(u, this.marked)],
    };
    const { logarithmic } = this;
    const limits = () => (logarithmic ? findDecades(this.series) : this.form.range(...findExtent(this.series)));
    const all = { ...buildOptions(this.form, this.lines, { limits, logarithmic }), ...this.size(), hooks };
    this.chart = new uPlot(all, alignSeries(this.series), this.plot);
    const { chart, form } = this;
    if (form.pick) chart.over.addEventListener("click", ({ offsetX }) => form.pick?.(chart.posToVal(offsetX, "x")));
  }

  destroy() {
    this.observer.disconnect();
    this.chart?.destroy();
  }

  size() {
    return { width: Math.max(this.plot.clientWidth, 120), height: this.form.height ?? 230 };
  }

  /** Where the values are read while no pointer is over the chart. */
  get place() {
    return this.marked ?? Infinity;
  }

  /**
   * The values beside the names: at the pointer, at the mark, or the latest.
   * @param {number | null} index in the joined data
   */
  read(index) {
    const x = index === null ? this.place : Number(this.chart?.data[0][index]);
    this.series.forEach((one, i) => void (this.values[i].textContent = formatValue(valueAt(one, x), this.form.y)));
  }

  /** In words what the lines say. */
  say() {
    const { form, lines, series } = this;
    this.read(null);
    this.tabulate();
    const values = lines.map(({ label }, i) => `${label} ${formatValue(valueAt(series[i], this.place), form.y)}`);
    this.plot.setAttribute("aria-label", [form.title, ...values].join(", "));
  }

  tabulate() {
    const { form, lines, series } = this;
    if (!this.details.open) return;
    const rows = chooseRows(series).map((x) => h("tr", {}, h("th", { scope: "row" }, form.x(x)),
      ...series.map((one) => h("td", {}, formatValue(valueAt(one, x), form.y)))));
    const names = lines.map(({ label }) => h("th", { scope: "col" }, label));
    fill(this.table, h("caption", { class: "unseen" }, form.title),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, form.xLabel), ...names)), h("tbody", {}, ...rows));
  }
}

/**
 * The y axis for shares that end near 1: from the tenth below the lowest.
 * @param {number} low
 * @returns {[number, number]}
 */
export const rangeOfShares = (low) => [Math.max(0, Math.floor(low * 10 - 1e-9) / 10), 1];

/**
 * The y axis for losses: from 0 to a little above the highest.
 * @param {number} _low
 * @param {number} high
 * @returns {[number, number]}
 */
export const rangeFromZero = (_low, high) => [0, high > 0 ? high * 1.05 : 1];

/**
 * @param {Form} form
 * @param {Line[]} lines
 * @param {{limits: () => [number, number], logarithmic: boolean}} scale of y
 * @returns {Omit<uPlot.Options, "width" | "height">}
 */
function buildOptions(form, lines, { limits, logarithmic }) {
  const soft = css("--soft");
  const axis = { stroke: soft, font: "12px system-ui, sans-serif", ticks: { show: false } };
  return {
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_u, low, high) => [low ?? 0, (high ?? 1) > (low ?? 0) ? high : (low ?? 0) + 1] },
      y: { range: limits, distr: logarithmic ? 3 : 1 },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 70, label: form.xLabel, labelSize: 18, labelGap: 0,
        labelFont: "12px system-ui, sans-serif", values: (_u, splits) => splits.map(form.x) },
      { ...axis, grid: { stroke: css("--line"), width: 1 }, size: 48,
        values: (_u, splits) => splits.map((value) => (value === null ? "" : (form.tick ?? form.y)(value))) },
    ],
    series: [{}, ...lines.map(({ colour: name, dash, points }) => ({
      stroke: css(name), width: 2, dash, spanGaps: true, points: { show: points ?? false, size: 6, fill: css(name) },
    }))],
  };
}

/**
 * @param {uPlot} u
 * @param {number | null} x
 */
function drawMark(u, x) {
  if (x === null) return;
  const { ctx, bbox } = u;
  const left = u.valToPos(x, "x", true);
  ctx.save();
  ctx.strokeStyle = css("--ink");
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(left, bbox.top);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/**
 * All lines over one common x.
 * @param {Series[]} series
 * @returns {uPlot.AlignedData}
 */
function alignSeries(series) {
  const tables = series.map(({ x, y }) => /** @type {uPlot.AlignedData} */ ([x, y]));
  return tables.length ? uPlot.join(tables) : [[]];
}

/**
 * All values that can be drawn.
 * @param {Series[]} series
 */
const listValues = (series) => series.flatMap(({ y }) => y.filter((value) => value !== null)).filter(Number.isFinite);

/**
 * The lowest and the highest value.
 * @param {Series[]} series
 * @returns {[number, number]}
 */
function findExtent(series) {
  const values = listValues(series);
  return values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
}

/**
 * The y axis on a logarithmic scale: whole powers of ten around all values above 0.
 * @param {Series[]} series
 * @returns {[number, number]}
 */
function findDecades(series) {
  const logs = listValues(series).filter((value) => value > 0).map(Math.log10);
  const [low, high] = logs.length ? [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))] : [-1, 0];
  return [10 ** low, 10 ** Math.max(high, low + 1)];
}

/**
 * The value of a line at a place: the last one known there.
 * @param {Series} series
 * @param {number} place
 */
function valueAt({ x, y }, place) {
  let i = x.length - 1;
  while (i >= 0 && (x[i] > place || y[i] === null)) i--;
  return i < 0 ? null : y[i];
}

/**
 * Places for the rows of the table, evenly over the points there are.
 * @param {Series[]} series
 */
function chooseRows(series) {
  const all = [...new Set(series.flatMap(({ x }) => x))].sort((a, b) => a - b);
  if (all.length <= ROWS) return all;
  return Array.from({ length: ROWS }, (_, i) => all[Math.round((i * (all.length - 1)) / (ROWS - 1))]);
}

/**
 * @param {number | null} value
 * @param {(value: number) => string} format
 */
const formatValue = (value, format) => (value === null ? "–" : format(value));

/** @param {Line} line */
function drawSwatch({ colour: name, dash }) {
  const line = s("line", { x1: 0, y1: 5, x2: 22, y2: 5, "stroke-width": 2.5, "stroke-dasharray": dash?.join(" ") });
  line.style.stroke = `var(${name})`;
  return s("svg", { width: 22, height: 10, "aria-hidden": "true" }, line);
}

/** @param {string} name */
const css = (name) => `rgb(${readColour(name).join(" ")})`;
