// The languages of the page: none lacks a text, has one too many, or loses a value on the way.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { say, toMessage, ConfigError } from "#page/core/errors.js";
import { listSentences } from "#page/core/diagnosis.js";
import { RULES } from "#page/core/rules.js";
import { languages } from "#page/languages/index.js";
import { fixed, number } from "#page/ui/format.js";
import { count } from "#page/ui/language.js";
import { chooseLanguage, explain, speak, text } from "#page/ui/text.js";

const PAGE = fileURLToPath(new URL("../../../src/mnist_nn/playground/page/", import.meta.url));
const FILES = readdirSync(PAGE, { recursive: true }).map(String).filter((name) => name.endsWith(".js"));

/** What core and rooms say of errors: templates whose values are numbered. */
function listErrors() {
  const code = FILES.map((name) => readFileSync(join(PAGE, name), "utf8").replace(/^ \*.*$/gm, ""));
  return code.flatMap((one) => [...one.matchAll(/\bsay`([^`]*)`/g)].map(([, template]) => {
    let n = 0;
    return template.replace(/\$\{[^}]*\}/g, () => `{${n++}}`);
  }));
}

const tables = await Promise.all(FILES.filter((name) => name.endsWith("strings.js"))
  .map((name) => import(`#page/${name}`)));
const errors = listErrors();
/** All that the page says, in English. */
const english = Object.assign({}, ...tables.map(({ en }) => en), listSentences(RULES),
  Object.fromEntries(errors.map((one) => [one, one])));

const placesOf = (pattern) => [...pattern.matchAll(/\{[^}]+\}/g)].map(([place]) => place).sort();

test("English is whole: strings of every part, the rules, and errors", () => {
  assert.ok(tables.length > 10 && errors.length > 30, `${tables.length} ${errors.length}`);
  assert.ok(Object.keys(english).length > 800);
});

for (const [tag, { name, load }] of Object.entries(languages).filter(([, one]) => one.load)) {
  describe(name, async () => {
    const words = await load();

    test("lacks no text, and has none too many", () => {
      assert.deepEqual(Object.keys(english).filter((key) => !(key in words)), []);
      assert.deepEqual(Object.keys(words).filter((key) => !(key in english)), []);
    });

    test("has the same values in every text", () => {
      for (const [key, pattern] of Object.entries(words)) {
        assert.deepEqual([...new Set(placesOf(pattern))], [...new Set(placesOf(english[key]))], key);
      }
    });

    test("is not English where that has a sentence", () => {
      const same = Object.keys(words).filter((key) => words[key] === english[key]
        && /(\p{L}{2,} .*){3}/u.test(words[key]));
      assert.deepEqual(same, []);
    });

    test("is empty where English is, and has no space at an end", () => {
      const wrong = Object.entries(words).filter(([key, pattern]) =>
        pattern.trim() !== pattern.replace(/ $|^ /g, "").trim() || (pattern === "") !== (english[key] === "")
        || /^ /.test(pattern) !== /^ /.test(english[key]) || / $/.test(pattern) !== / $/.test(english[key]));
      assert.deepEqual(wrong.map(([key]) => key), []);
    });

    test("is a tag that formats of numbers know", () => {
      assert.deepEqual(Intl.NumberFormat.supportedLocalesOf([tag]), [tag]);
    });
  });
}

test("the address is asked first, then the browser, and English is always there", () => {
  assert.equal(chooseLanguage(languages, "it", ["de-AT", "en"]), "it");
  assert.equal(chooseLanguage(languages, null, ["fr-CA", "de-AT", "en"]), "de");
  assert.equal(chooseLanguage(languages, "de-CH", []), "de");
  assert.equal(chooseLanguage(languages, "constructor", ["fr"]), "en");
});

test("words, numbers and errors are in the language that is spoken, and what it lacks is English", async () => {
  const made = { "room.draw": "Malen {0}", "{0} is {1}; give {2}": "{2}! {0}" };
  await speak({ de: { name: "Test", load: async () => made } }, "de");
  assert.equal(text("room.draw", 0.5), "Malen 0,5");
  assert.equal(text("room.race"), english["room.race"]);
  assert.deepEqual([number(-1.5, 2), fixed(0.25, 1), count(60000)], ["−1,50", "0,3", "60.000"]);
  const error = new ConfigError(say`${"l2"} is ${-1}; give ${say`0 or more`}`);
  assert.equal(error.message, "l2 is -1; give 0 or more");
  assert.equal(explain(error), "0 or more! l2");
  assert.equal(explain({ message: toMessage(error.told), told: error.told }), explain(error));
  assert.equal(explain(new Error("said by somebody else")), "said by somebody else");
  await speak(languages, "en");
  assert.deepEqual([text("room.draw"), number(1.5, 1), count(60000)], [english["room.draw"], "1.5", "60,000"]);
});
