/**
 * Files of the reader's own machine: choosing one, and saving one. Nothing goes anywhere else.
 */

import { h } from "./dom.js";

/**
 * Ask for a file.
 * @param {string} accept endings or types
 * @returns {Promise<File | null>} null if none was chosen
 */
export function pickFile(accept) {
  return new Promise((resolve) => {
    const input = h("input", { type: "file", accept });
    input.addEventListener("change", () => resolve(input.files?.[0] ?? null));
    input.addEventListener("cancel", () => resolve(null));
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
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
