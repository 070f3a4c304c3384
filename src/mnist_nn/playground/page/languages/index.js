/**
 * The languages of the page. English is in the strings.js of each part; every other language is one file here, with all
 * words, loaded when somebody wants it.
 */

/** @type {import("../ui/text.js").Languages} */
export const languages = {
  en: { name: "English" },
  de: { name: "Deutsch", load: async () => (await import("./de.js")).words },
  it: { name: "Italiano", load: async () => (await import("./it.js")).words },
};
