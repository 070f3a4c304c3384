/**
 * Files of the user's own machine: choosing one, and saving one. Nothing goes anywhere else.
 */

import { h } from "./dom.js";

const ASKED = 60_000; // milliseconds: Safari on a phone asks first whether to save, and only then takes the file

/**
 * Ask for a file.
 * @param {string} accept endings or types
 * @returns {Promise<File | null>} null if none was chosen
 */
export function pickFile(accept) {
  return new Promise((resolve) => {
    const input = h("input", { type: "file", accept, hidden: true });
    const end = (/** @type {File | null} */ file) => {
      input.remove();
      resolve(file);
    };
    input.addEventListener("change", () => end(input.files?.[0] ?? null));
    input.addEventListener("cancel", () => end(null));
    document.body.append(input); // Safari forgets one that is nowhere in the page
    input.click();
  });
}

/**
 * Save bytes or text under a name.
 * @param {BlobPart} content
 * @param {string} name
 * @param {string} [type]
 */
export function download(content, name, type = "application/octet-stream") {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), ASKED);
}
