/**
 * Bytes as text for the address, and back.
 */

/**
 * Bytes in the letters that addresses may hold.
 * @param {ArrayLike<number>} bytes
 */
export function toText(bytes) {
  return btoa(String.fromCharCode(...Array.from(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/**
 * @param {string} text
 * @returns {Uint8Array} empty if the text is no such one
 */
export function toBytes(text) {
  try {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
