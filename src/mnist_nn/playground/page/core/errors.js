/**
 * What can be wrong with what the core is given. Every message is one line: what is wrong, and how to mend it.
 *
 * ConfigError: settings that make no sense, or contradict each other. DataError: files of images or labels.
 * InkError: nothing to frame. ModelFileError: bytes that are no sound model file.
 */

export class ConfigError extends Error {
  name = "ConfigError";
}

export class DataError extends Error {
  name = "DataError";
}

export class InkError extends Error {
  name = "InkError";
}

export class ModelFileError extends Error {
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
    throw new ConfigError(`${what} is ${JSON.stringify(name)}; choose one of: ${Object.keys(table).join(", ")}`);
  }
  return table[name];
}
