/**
 * The settings of a training as a form, for the rooms Train and Race.
 */

import { ACTIVATIONS } from "../../core/activations.js";
import { defaultRate } from "../../core/config.js";
import { FAULTS } from "../../core/faults.js";
import { INITIALIZERS } from "../../core/initializers.js";
import { LOSSES } from "../../core/losses.js";
import { OPTIMIZERS } from "../../core/optimizers.js";
import { choice, entry, logarithmic } from "../controls.js";
import { h } from "../dom.js";
import { specOf, withSetting } from "./settings.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {keyof Settings} Name */
/** @typedef {import("../app.js").App["text"]} Text */

/** Fields that take a whole row. @type {Name[]} */
const WIDE = ["hidden", "loss", "rate", "fault"];
const NUMBER = { inputmode: "decimal" };

/**
 * @param {Text} text
 * @param {{legend: string, names: Name[]}[]} groups
 * @param {(settings: Settings) => void} changed
 */
export function settingsForm(text, groups, changed) {
  /** @type {Settings} */
  let settings;
  const set = (/** @type {Name} */ name) => (/** @type {string} */ value) => {
    if (settings[name] === value) return;
    show(withSetting(settings, name, value));
    changed(settings);
  };
  const controls = new Map(groups.flatMap(({ names }) => names).map((name) => [name, control(text, name, set(name))]));
  const show = (/** @type {Settings} */ next) => {
    settings = next;
    for (const [name, { show: put }] of controls) put(settings[name]);
    hint(controls.get("rate"), settings);
  };
  const fieldsets = groups.map(({ legend, names }) => h("fieldset", {}, h("legend", {}, legend),
    ...names.map((name) => {
      const { element } = /** @type {import("../controls.js").Control} */ (controls.get(name));
      element.classList.toggle("wide", WIDE.includes(name));
      return element;
    })));
  return { element: h("div", { class: "settings" }, ...fieldsets), show };
}

/**
 * @param {Text} text
 * @param {Name} name
 * @param {(value: string) => void} set
 * @returns {import("../controls.js").Control & {hint?: (value: string) => void}}
 */
function control(text, name, set) {
  const label = text(`setting.${name}`);
  const help = text(`setting.${name}.help`) || undefined;
  const named = (/** @type {object} */ table) => Object.keys(table).map((key) => pair(text, name, key));
  switch (name) {
    case "activation": return choice(label, named(ACTIVATIONS), set, help);
    case "output": return choice(label, named(LOSSES.mse), set, help);
    case "loss": return choice(label, named(LOSSES), set, help);
    case "optimizer": return choice(label, named(OPTIMIZERS), set, help);
    case "fault": return choice(label, named(FAULTS), set, help);
    case "initializer": return choice(label, named({ auto: null, ...INITIALIZERS }), set, help);
    case "rate": return logarithmic(label, { from: -4, to: 1.5, automatic: text("setting.automatic"), help }, set);
    case "subset": return entry(label, { ...NUMBER, placeholder: text("setting.subset.all") }, set, help);
    case "hidden": return entry(label, { placeholder: text("setting.hidden.none") }, set, help);
    default: return entry(label, NUMBER, set, help);
  }
}

/**
 * An option: its value and its name.
 * @param {Text} text
 * @param {Name} name
 * @param {string} value
 * @returns {[string, string]}
 */
function pair(text, name, value) {
  const plain = name === "initializer" || name === "optimizer";
  return [value, plain ? value.replaceAll("_", " ") : text(`${name}.${value}`)];
}

/**
 * Say what the automatic rate is; settings that make no sense have none.
 * @param {{hint?: (value: string) => void} | undefined} rate
 * @param {Settings} settings
 */
function hint(rate, settings) {
  try {
    const { network, training } = specOf({ ...settings, rate: "" });
    rate?.hint?.(String(Number(defaultRate(network, training).toPrecision(3))));
  } catch {
    rate?.hint?.("");
  }
}
