/**
 * What the network says, in words: a digit, a doubt, no digit, or nothing there.
 */

import { decide } from "../../core/calibration.js";
import { fill, h } from "../../ui/dom.js";
import { percent } from "../../ui/format.js";
import { text } from "../../ui/text.js";

/** @typedef {import("../../core/calibration.js").Prediction} Prediction */
/** @typedef {import("../../core/modelfile.js").Model} Model */

export function buildDecision() {
  const answer = h("b", { class: "answer", "aria-hidden": "true" });
  const title = h("h2");
  const reason = h("p", { class: "note" });
  const element = h("div", { class: "decision" }, answer, h("div", {}, title, reason));
  return {
    element,
    /**
     * @param {Model} model
     * @param {Prediction | null} prediction null if nothing is there
     * @param {number | null} label where it is known
     * @returns {string} the decision in one line
     */
    show: (model, prediction, label) => {
      const [sign, says, why, kind] = prediction ? describe(model, prediction) : describeNothing();
      answer.textContent = sign;
      title.textContent = says;
      const digit = prediction ? decide(model, prediction).digit : null;
      const known = label === null ? "" : text(digit === label ? "decision.right" : "decision.wrong", label);
      fill(reason, [why, known].filter(Boolean).join(" "));
      element.dataset.decision = kind;
      return [says, reason.textContent].join(". ");
    },
  };
}

function describeNothing() {
  return ["–", text("decision.nothing"), text("decision.nothingWhy"), "nothing"];
}

/**
 * @param {Model} model
 * @param {Prediction} prediction
 */
function describe(model, prediction) {
  const { decision, digit, runnerUp } = decide(model, prediction);
  const p = prediction.probabilities;
  const [share, other] = [percent(p[digit]), percent(p[runnerUp])];
  if (decision === "not a digit") {
    return ["#", text("decision.none"), text("decision.noneWhy", percent(prediction.isDigit)), "none"];
  }
  if (decision === "digit") {
    return [String(digit), text("decision.digit", digit), text("decision.digitWhy", share), "digit"];
  }
  const why = prediction.isDigit < p[digit] ? text("decision.strange", percent(prediction.isDigit))
    : text("decision.runnerUp", runnerUp, other);
  return [String(digit), text("decision.doubtful", digit, share), why, "doubtful"];
}
