/**
 * From the settings that a rule proposes, which have the library's names, to those of this page.
 */

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {Readonly<Record<string, string | number>>} Proposed */
/** @typedef {{settings: Settings, goal: string | null, goesOn: boolean}} Change a goal of null stays as it is */

/**
 * What a proposal changes; one for more epochs goes on with the training, all others begin it anew.
 * @param {Settings} settings
 * @param {Proposed} proposed
 * @returns {Change}
 */
export function applyProposal(settings, proposed) {
  const changed = { ...settings };
  /** @type {string | null} */
  let goal = null;
  for (const [name, value] of Object.entries(proposed)) {
    if (name === "epochs" || name === "patience") goal = `${name}:${value}`;
    else Object.assign(changed, translate(settings, name, value));
  }
  return { settings: changed, goal, goesOn: Object.keys(proposed).join() === "epochs" };
}

/**
 * @param {Settings} settings
 * @param {string} name
 * @param {string | number} value
 * @returns {Partial<Settings>}
 */
function translate({ hidden, fault }, name, value) {
  if (name === "learning_rate") return { rate: String(value) };
  if (name === "hidden") return { hidden: widen(hidden, Number(value)) };
  if (name === "initializer") return { initializer: String(value), fault: fault === "zero_weights" ? "none" : fault };
  return { [name]: String(value) };
}

/**
 * Every hidden layer with so many units at least.
 * @param {string} hidden
 * @param {number} least
 */
const widen = (hidden, least) => hidden.split(/[\s,×-]+/).filter(Boolean)
  .map((units) => String(Math.max(Number(units), least))).join(",");
