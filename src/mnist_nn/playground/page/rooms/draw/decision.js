/**
 * What the network says, in words: a digit, a doubt, no digit, or nothing there.
 */

import { judge } from "../../core/calibration.js";
import { fill, h } from "../../ui/dom.js";
import { percent } from "../../ui/format.js";
import { text } from "../../ui/text.js";

/** @typedef {import("../../core/calibration.js").Opinion} Opinion */
/** @typedef {import("../../core/modelfile.js").Model} Model */

export function buildVerdict() {
  const answer = h("b", { class: "answer", "aria-hidden": "true" });
  const title = h("h2");
  const reason = h("p", { class: "note" });
  const element = h("div", { class: "verdict" }, answer, h("div", {}, title, reason));
  return {
    element,
    /**
     * @param {Model} model
     * @param {Opinion | null} opinion null if nothing is there
     * @param {number | null} label where it is known
     * @returns {string} the verdict in one line
     */
    show: (model, opinion, label) => {
      const [sign, says, why, kind] = opinion ? wordsFor(model, opinion) : nothing();
      answer.textContent = sign;
      title.textContent = says;
      const digit = opinion ? judge(model, opinion).digit : null;
      const known = label === null ? "" : text(digit === label ? "verdict.right" : "verdict.wrong", label);
      fill(reason, [why, known].filter(Boolean).join(" "));
      element.dataset.verdict = kind;
      return [says, reason.textContent].join(". ");
    },
  };
}

function nothing() {
  return ["–", text("verdict.nothing"), text("verdict.nothingWhy"), "nothing"];
}

/**
 * @param {Model} model
 * @param {Opinion} opinion
 */
function wordsFor(model, opinion) {
  const { verdict, digit, rival } = judge(model, opinion);
  const p = opinion.probabilities;
  const [sure, other] = [percent(p[digit]), percent(p[rival])];
  if (verdict === "not a digit") {
    return ["#", text("verdict.none"), text("verdict.noneWhy", percent(opinion.isDigit)), "none"];
  }
  if (verdict === "digit") {
    return [String(digit), text("verdict.digit", digit), text("verdict.digitWhy", sure), "digit"];
  }
  const strange = opinion.isDigit < p[digit];
  const why = strange ? text("verdict.strange", percent(opinion.isDigit)) : text("verdict.rival", rival, other);
  return [String(digit), text("verdict.doubtful", digit, sure), why, "doubtful"];
}
