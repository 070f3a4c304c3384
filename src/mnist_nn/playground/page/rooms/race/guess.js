/**
 * Say first who will win: a guess before the race, and what became of it after.
 */

import { fill, h } from "../../ui/dom.js";
import { exactPercent } from "../../ui/training/format.js";

/** @typedef {import("../../ui/app.js").App["text"]} Text */
/** @typedef {import("./session.js").RaceSession} RaceSession */

const CLOSE = 0.005; // of the test images: less than two trainings from other seeds usually differ

/**
 * Who is ahead at the end, and by how much.
 * @param {import("./session.js").Progress[]} progress
 * @returns {{winner: number, lead: number, accuracy: number}}
 */
export function findWinner(progress) {
  const scores = progress.map(({ state }) => (state && !state.diverged ? state.test.accuracy : 0));
  const [best, second = 0] = [...scores].sort((p, q) => q - p);
  return { winner: scores.indexOf(best), lead: best - second, accuracy: best };
}

/**
 * @param {Text} text
 * @param {{choose: (lane: number) => void, require: (is: boolean) => void}} on
 */
export function buildGuess(text, { choose, require }) {
  const lanes = h("div", { class: "row", role: "group", "aria-label": text("race.guess") });
  const said = h("p", { class: "guess-said", role: "status" });
  const first = h("input", { type: "checkbox", onchange: () => require(first.checked) });
  const element = h("div", { class: "stack guess", "data-explain": "guess" },
    h("div", { class: "row" }, h("b", {}, text("race.guess")), lanes,
      h("label", { class: "row note" }, first, text("race.guess.first"))), said);
  let names = "";
  return {
    element,
    /** @param {RaceSession} session */
    show: ({ race, progress, guess, finished, playing }) => {
      const begun = progress.some(({ state }) => state && state.samples > 0);
      const now = race.lanes.map(({ name }) => name);
      if (names !== now.join("\n")) {
        names = now.join("\n");
        fill(lanes, ...now.map((name, i) => h("button", { type: "button", onclick: () => choose(i) }, name)));
      }
      [...lanes.children].forEach((one, i) => {
        one.setAttribute("aria-pressed", String(i === guess));
        /** @type {HTMLButtonElement} */ (one).disabled = begun || playing;
      });
      first.checked = race.guess === "first";
      const words = finished ? describe(text, now, guess, findWinner(progress))
        : guess !== null ? text("race.guess.made", now[guess])
          : race.guess === "first" && !begun ? text("race.guess.needed") : "";
      if (said.textContent !== words) said.textContent = words;
    },
  };
}

/**
 * @param {Text} text
 * @param {string[]} names
 * @param {number | null} guess
 * @param {ReturnType<typeof findWinner>} end
 */
function describe(text, names, guess, { winner, lead, accuracy }) {
  const won = text("race.guess.won", names[winner], exactPercent(accuracy));
  const close = lead < CLOSE ? text("race.guess.close") : "";
  const verdict = guess === null ? ""
    : guess === winner ? text("race.guess.right") : text("race.guess.wrong", names[guess]);
  return [won, verdict, close].filter(Boolean).join(" ");
}
