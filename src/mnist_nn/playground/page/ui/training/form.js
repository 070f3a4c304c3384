/**
 * The settings of a training as a form, for the rooms Train and Race.
 */

import { ACTIVATIONS } from "../../core/activations.js";
import { chooseRate } from "../../core/config.js";
import { FAULTS } from "../../core/faults.js";
import { INITIALIZERS } from "../../core/initializers.js";
import { LOSSES } from "../../core/losses.js";
import { OPTIMIZERS } from "../../core/optimizers.js";
import { buildChoice, buildEntry, buildLogSlider } from "../controls.js";
import { h } from "../dom.js";
import { parseSettings, changeSetting } from "./settings.js";

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
export function buildSettingsForm(text, groups, changed) {
  /** @type {Settings} */
  let settings;
  const set = (/** @type {Name} */ name) => (/** @type {string} */ value) => {
    if (settings[name] === value) return;
    show(changeSetting(settings, name, value));
    changed(settings);
  };
  const all = groups.flatMap(({ names }) => names);
  const controls = new Map(all.map((name) => [name, buildControl(text, name, set(name))]));
  const show = (/** @type {Settings} */ next) => {
    settings = next;
    for (const [name, { show: put }] of controls) put(settings[name]);
    showAutomaticRate(controls.get("rate"), settings);
  };
  const fieldsets = groups.map(({ legend, names }) => h("fieldset", {}, h("legend", {}, legend),
    ...names.map((name) => {
      const { element } = /** @type {import("../controls.js").Control} */ (controls.get(name));
      element.classList.toggle("wide", WIDE.includes(name));
      element.dataset.explain = name;
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
function buildControl(text, name, set) {
  const label = text(`setting.${name}`);
  const help = text(`setting.${name}.help`) || undefined;
  const named = (/** @type {object} */ table) => Object.keys(table).map((key) => nameOption(text, name, key));
  switch (name) {
    case "activation": return buildChoice(label, named(ACTIVATIONS), set, help);
    case "output": return buildChoice(label, named(LOSSES.mse), set, help);
    case "loss": return buildChoice(label, named(LOSSES), set, help);
    case "optimizer": return buildChoice(label, named(OPTIMIZERS), set, help);
    case "fault": return buildChoice(label, named(FAULTS), set, help);
    case "initializer": return buildChoice(label, named({ auto: null, ...INITIALIZERS }), set, help);
    case "rate": return buildLogSlider(label, { from: -4, to: 1.5, automatic: text("setting.automatic"), help }, set);
    case "subset": return buildEntry(label, { ...NUMBER, placeholder: text("setting.subset.all") }, set, help);
    case "hidden": return buildEntry(label, { placeholder: text("setting.hidden.none") }, set, help);
    default: return buildEntry(label, NUMBER, set, help);
  }
}

/**
 * An option: its value and its name.
 * @param {Text} text
 * @param {Name} name
 * @param {string} value
 * @returns {[string, string]}
 */
function nameOption(text, name, value) {
  const plain = name === "initializer" || name === "optimizer";
  return [value, plain ? value.replaceAll("_", " ") : text(`${name}.${value}`)];
}

/**
 * Say what the automatic rate is; settings that make no sense have none.
 * @param {{hint?: (value: string) => void} | undefined} rate
 * @param {Settings} settings
 */
function showAutomaticRate(rate, settings) {
  try {
    const { network, training } = parseSettings({ ...settings, rate: "" });
    rate?.hint?.(String(Number(chooseRate(network, training).toPrecision(3))));
  } catch {
    rate?.hint?.("");
  }
}
