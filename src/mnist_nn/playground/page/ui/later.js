/**
 * What is loaded when it is first wanted: parts of the page that most visits never open.
 */

import { DataError, tell } from "../core/errors.js";
import { h } from "./dom.js";

/**
 * What a fold shows, and what it does each time that it is opened.
 * @typedef {{content: Node, begin(): void}} Folded
 */

/**
 * A part that is folded away, and built when it is first opened.
 * @template {Folded} T
 * @param {Record<string, any>} properties
 * @param {string} title
 * @param {() => Promise<T>} build
 */
export function buildFold(properties, title, build) {
  const ask = askOnce(async () => {
    const part = await build();
    element.append(part.content);
    return part;
  });
  /** @returns {Promise<T>} */
  const open = async () => {
    element.open = true;
    return ask();
  };
  const element = h("details", { ...properties, ontoggle: async () => element.open && (await ask()).begin() },
    h("summary", {}, title));
  return { element, open };
}

/**
 * Ask once, and again only after a failure, which is a DataError: the frame says it.
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {() => Promise<T>}
 */
export function askOnce(ask) {
  /** @type {Promise<T> | null} */
  let answer = null;
  return () => {
    answer ??= ask().catch((error) => {
      answer = null;
      throw error instanceof DataError ? error : new DataError(tell(error), { cause: error });
    });
    return answer;
  };
}
