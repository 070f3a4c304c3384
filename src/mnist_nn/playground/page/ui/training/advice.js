/**
 * Advice on a training: what the rules of the diagnosis found, why it happens, and a button that tries what they
 * propose and starts again.
 */

import { fillPattern, listSentences, raise } from "../../core/diagnosis.js";
import { RULES } from "../../core/rules.js";
import { fill, h } from "../dom.js";
import { localize } from "../language.js";
import * as state from "../state.js";
import { addStrings, text } from "../text.js";
import { applyProposal } from "./apply.js";
import { describeGoal } from "./goal.js";

/** @typedef {import("../../core/diagnosis.js").Finding} Finding */
/** @typedef {import("./settings.js").Settings} Settings */

addStrings({ en: listSentences(RULES) });

const MOST = 3; // findings; the surest come first

/**
 * @param {(change: import("./apply.js").Change) => void} apply
 */
export function buildAdvice(apply) {
  const element = h("section", { class: "panel stack advice", "aria-label": text("advice.title"), hidden: true });
  let shown = "";
  return {
    element,
    /**
     * @param {Finding[] | null} findings null before the rules were asked
     * @param {Settings} settings
     */
    show: (findings, settings) => {
      const key = JSON.stringify([findings, settings]);
      if (key === shown) return;
      shown = key;
      element.hidden = findings === null;
      element.classList.toggle("sound", findings?.length === 0);
      if (!findings) return;
      fill(element, h("h3", {}, text("advice.title")), ...(findings.length
        ? findings.slice(0, MOST).map((finding) => buildFinding(finding, settings, apply))
        : [h("p", { class: "note" }, text("advice.none"))]));
    },
  };
}

/**
 * @param {Finding} finding
 * @param {Settings} settings
 * @param {(change: import("./apply.js").Change) => void} apply
 */
function buildFinding({ name, numbers, setting }, settings, apply) {
  const say = (/** @type {string} */ part) => fillPattern(text(`rule.${name}.${part}`), numbers, localize);
  const change = applyProposal(settings, setting);
  const words = describeChange(settings, change);
  const because = h("div", { class: "because", hidden: true },
    h("p", {}, `${raise(say("why"))}. `, h("a", { href: state.linkTo("words", { word: name }) }, text("advice.more"))));
  const ask = h("button", { type: "button", "aria-expanded": "false", onclick: () => {
    because.hidden = !because.hidden;
    ask.setAttribute("aria-expanded", String(!because.hidden));
  } }, text("advice.why"));
  return h("article", { class: "finding", "data-finding": name },
    h("p", {}, h("b", {}, `${raise(say("seen"))}.`), " ", text("advice.try", say("try"))),
    h("div", { class: "row" }, words && h("button", { type: "button", class: "apply", onclick: () => apply(change) },
      text(change.goesOn ? "advice.goOn" : "advice.apply", words)), ask),
    because);
}

/**
 * What a change would do, in words; "" if it does nothing.
 * @param {Settings} settings
 * @param {import("./apply.js").Change} change
 */
function describeChange(settings, { settings: next, goal }) {
  const names = /** @type {(keyof Settings)[]} */ (Object.keys(next));
  const words = names.filter((name) => next[name] !== settings[name] && name !== "fault")
    .map((name) => `${text(`setting.${name}`)} ${localize(next[name])}`);
  if (goal !== null) words.push(`${text("goal")} ${describeGoal(text, goal)}`);
  return words.join(", ");
}
