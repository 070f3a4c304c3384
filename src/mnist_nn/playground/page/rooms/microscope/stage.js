/**
 * What a step shows: the network with what flows in it, the step's equation, the number that is opened, and, one tap
 * away, all numbers.
 */

import { fill, h, wide } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { buildNetworkView } from "../../ui/network/view.js";
import { text } from "../../ui/text.js";
import { buildAlong } from "./along.js";
import { writeEquations } from "./equations.js";
import { describeFlow } from "./flow.js";
import { buildMismatch } from "./losses.js";
import { plain } from "./mathml.js";
import { openNumber } from "./opened.js";
import { listQuantities } from "./quantities.js";
import { buildAgain, buildLargest } from "./update.js";

/** @typedef {import("./opened.js").Scene} Scene */
/** @typedef {(at: number, index: number) => void} Move `at` 0 is the pixel, 1 the first hidden layer, and so on */
/** @typedef {import("./losses.js").Candidates} Candidates */
/** @typedef {{layer: number, unit: number, input: number}} Entry */
/**
 * @typedef {Scene & {move: Move, follow: (entry: Entry) => void, apply: () => void, steps: import("./steps.js").Step[],
 *   at: number, pixels: Uint8Array, flows: boolean, candidates: (entry: Entry) => Candidates,
 *   along: (entry: Entry) => import("./along.js").Along}} Shown
 */

const BESIDE = 84; // pixels to the right of the outputs

/** @param {(open: boolean) => void} toggled whether the numbers are open */
export function buildStage(toggled) {
  /** @type {Shown | null} */
  let now = null;
  const view = buildNetworkView({
    choose: ({ layer, unit }) => now?.move(layer + 1, unit), label: text("flow.label"), beside: BESIDE,
  });
  const title = h("h2", { tabindex: "-1" });
  const prose = h("p");
  const legend = h("p", { class: "note flow-legend", "data-explain": "connections", tabindex: "0" });
  const numbers = h("div", { class: "stack" });
  const details = h("details", { class: "all-numbers", ontoggle: () => toggled(details.open) },
    h("summary", {}, text("flow.numbers")), numbers);
  const opened = h("section", { class: "panel stack step-opened", "aria-label": text("micro.opened") });
  const main = h("section", { class: "panel stack step-main" }, title, prose, view.element, legend, details);
  return {
    element: h("div", { class: "step" }, main, opened),
    title,
    close: view.close,
    rebuild: view.rebuild,
    /** @param {boolean} open */
    openNumbers: (open) => void (details.open = open),
    /** @param {import("../../core/network.js").Network} network */
    use: (network) => view.use(network),
    /** @param {Shown} scene */
    show: (scene) => {
      now = scene;
      title.textContent = text(titleKey(scene), nameLayer(scene));
      prose.textContent = text(`${titleKey(scene)}Why`);
      showFlow(view, legend, scene);
      fill(numbers, ...listQuantities(scene));
      const equations = writeEquations(scene.step, scene.letters, scene.t);
      const details_ = openNumber(scene);
      fill(opened, equations.length > 0 && wide(text("micro.equation"), h("div", { class: "equation" }, ...equations)),
        ...(details_.length ? [h("h3", {}, text("micro.opened")), ...details_] : []), ...listMore(scene));
    },
  };
}

/**
 * @param {ReturnType<typeof buildNetworkView>} view
 * @param {HTMLElement} legend
 * @param {Shown} scene
 */
function showFlow(view, legend, { step, steps, at, t, path, letters, pixels, flows }) {
  const { lights, lines, most, shown, all } = describeFlow(steps, at, t, path);
  const chosen = path.slice(1).map((unit, layer) => ({ layer, unit }));
  view.show({ pixels, lights, lines, chosen, wanted: t.label, flows });
  const kind = step.kind === "activation" ? "weighted" : step.kind;
  const symbol = step.layer >= 0 ? plain(letters[step.layer].z) : "";
  const says = lines.length ? text(`flow.${kind}`, symbol) : text(kind === "delta" ? "flow.rings" : "flow.none");
  const scale = lines.length ? text(shown < all ? "flow.scaleSome" : "flow.scale", number(most), shown, all) : "";
  legend.textContent = [says, scale].filter(Boolean).join(" ");
  legend.dataset.most = String(most);
}

/** Which words belong to a step. @param {Scene} scene */
function titleKey({ step: { kind, layer }, letters }) {
  if (kind !== "delta") return `step.${kind}`;
  return layer === letters.length - 1 ? "step.deltaOutput" : "step.deltaHidden";
}

/** @param {Scene} scene */
function nameLayer({ step: { layer }, letters }) {
  if (layer < 0) return "";
  if (layer === letters.length - 1) return text("step.outputLayer");
  return letters.length === 2 ? text("step.hiddenLayer") : text("step.hiddenLayerN", layer + 1);
}

/**
 * What else there is to see at a step, beside the opened number.
 * @param {Shown} scene
 * @returns {Node[]}
 */
function listMore(scene) {
  const { step: { kind, layer }, t, path, letters, candidates, along } = scene;
  if (kind === "update") {
    const apply = h("button", { type: "button", class: "primary", onclick: scene.apply }, text("micro.apply"));
    return [h("h3", {}, text("micro.largest")), buildLargest(t, letters, scene.follow),
      h("div", { class: "row" }, apply), h("h3", {}, text("micro.again")), buildAgain(t)];
  }
  const entry = { layer, unit: path[layer + 1], input: path[layer] };
  const isAboutLoss = kind === "loss" || kind === "gradient" || (kind === "delta" && layer === letters.length - 1);
  const differs = t.reportedName !== t.descendedName;
  return [kind === "gradient" && buildAlong(along(entry)),
    isAboutLoss && differs && buildMismatch(t, candidates(entry), entry, letters)].filter((part) => part !== false);
}
