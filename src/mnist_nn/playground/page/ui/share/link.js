/**
 * The link to what is seen, and what whoever gets it should know.
 */

import { copyText } from "../clipboard.js";
import { text } from "../text.js";

/**
 * Copy a link.
 * @param {string} link
 * @returns {Promise<string>} what to tell the user
 */
export async function copyLink(link) {
  return (await copyText(link)) ? describeLink(new URL(link)) : text("share.notCopied");
}

/**
 * A link takes no model along, and this computer alone answers to some addresses.
 * @param {{hostname: string, hash: string}} link
 */
export function describeLink({ hostname, hash }) {
  const own = /[?&]model=own:([^&]*)/.exec(hash);
  return [
    text("share.copied"),
    own && text("share.ownModel", decodeURIComponent(own[1])),
    /^(localhost$|127\.|\[::1\])/.test(hostname) && text("share.local"),
  ].filter(Boolean).join(" ");
}
