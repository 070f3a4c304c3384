/**
 * Going through the steps by itself, as long as somebody wants it.
 */

import { h } from "../../ui/dom.js";
import { text } from "../../ui/text.js";

const SPEEDS = { slow: 0.5, usual: 1, quick: 2.5 };
const PACE = 2.4; // seconds a step takes at the usual speed

/**
 * @param {() => boolean} hasMore whether there is a step after this one
 * @param {(again: boolean) => void} advance to the next step, or to the first again
 */
export function buildPlayer(hasMore, advance) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const play = h("button", { type: "button", class: "play-steps", "data-explain": "play",
    onclick: () => (timer ? halt() : roll()) });
  const speed = h("select", { id: "step-speed", "aria-label": text("flow.speed"), onchange: () => setPace() },
    ...Object.keys(SPEEDS).map((name) => h("option", { value: name, selected: name === "usual" },
      text(`flow.speed.${name}`))));
  const pace = () => PACE / SPEEDS[/** @type {keyof typeof SPEEDS} */ (speed.value)];
  const setPace = () => document.documentElement.style.setProperty("--pace", `${pace()}s`);
  const halt = () => {
    clearTimeout(timer);
    timer = undefined;
    play.textContent = `▶ ${text("flow.play")}`;
  };
  const wait = () => void (timer = setTimeout(() => {
    advance(false);
    if (hasMore()) wait();
    else halt();
  }, 1000 * pace()));
  const roll = () => {
    advance(!hasMore());
    wait();
    play.textContent = `❚❚ ${text("flow.pause")}`;
  };
  halt();
  setPace();
  return { elements: [play, speed], halt };
}
