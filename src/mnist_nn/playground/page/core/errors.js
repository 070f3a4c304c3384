/**
 * What can be wrong with what the core is given. Every message is one line: what is wrong, and how to mend it.
 *
 * ConfigError: settings that make no sense, or contradict each other. DataError: files of images or labels.
 * InkError: nothing to frame. ModelFileError: bytes that are no sound model file.
 */

/**
 * A message and its values apart, so that the page can say it in another language: `{0}`, `{1}` … stand for the values,
 * and a value may be such a message itself.
 * @typedef {{pattern: string, values: (string | number | Told)[]}} Told
 */

/**
 * Write a message as a template: say`seed is ${seed}; give a whole number from 0`.
 * @param {TemplateStringsArray} parts
 * @param {...(string | number | Told)} values
 * @returns {Told}
 */
export const say = (parts, ...values) =>
  ({ pattern: parts.slice(1).reduce((all, part, i) => `${all}{${i}}${part}`, parts[0]), values });

/**
 * @param {Told} told
 * @returns {string}
 */
export const toMessage = ({ pattern, values }) => pattern.replace(/\{(\d)\}/g, (_, n) => {
  const value = values[n];
  return typeof value === "object" ? toMessage(value) : String(value);
});

/**
 * What an error says, for a message about it.
 * @param {unknown} error
 * @returns {Told | string}
 */
export const tell = (error) =>
  (error instanceof TellingError && error.told) || (error instanceof Error ? error.message : String(error));

class TellingError extends Error {
  /**
   * @param {Told | string} told a text where it is not ours
   * @param {ErrorOptions} [options]
   */
  constructor(told, options) {
    super(typeof told === "string" ? told : toMessage(told), options);
    /** @type {Told | undefined} */
    this.told = typeof told === "string" ? undefined : told;
  }
}

export class ConfigError extends TellingError {
  name = "ConfigError";
}

export class DataError extends TellingError {
  name = "DataError";
}

export class InkError extends TellingError {
  name = "InkError";
}

export class ModelFileError extends TellingError {
  name = "ModelFileError";
}

/**
 * Look a name up in a table; an unknown one is a ConfigError that lists the valid names.
 * @template T
 * @param {string} what what the table holds, for the message
 * @param {Readonly<Record<string, T>>} table
 * @param {string} name
 * @returns {T}
 */
export function lookUp(what, table, name) {
  if (!Object.hasOwn(table, name)) {
    throw new ConfigError(say`${what} is ${JSON.stringify(name)}; choose one of: ${Object.keys(table).join(", ")}`);
  }
  return table[name];
}
