/**
 * Copying text. Browsers give the clipboard to secure pages alone, and a classroom's address is often none, so the
 * older way is tried too.
 */

import { h } from "./dom.js";

/**
 * @param {string} words
 * @returns {Promise<boolean>} whether they are on the clipboard now
 */
export async function copyText(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return copySelected(words);
  }
}

/** @param {string} words */
function copySelected(words) {
  const focused = document.activeElement;
  const box = h("textarea", { class: "unseen", "aria-hidden": "true", tabindex: -1 }, words);
  document.body.append(box);
  box.select();
  const copied = document.execCommand("copy");
  box.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
