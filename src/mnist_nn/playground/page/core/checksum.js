/**
 * The checksum of a model file, as the library's checksum.py writes and checks it: CRC-32 over the whole file, with its
 * own eight digits as zeros. Files from before it have none, and pass.
 */

import { ModelFileError, say } from "./errors.js";

export const PLACE = "crc32:00000000"; // what stands in the header until the checksum is known

const DIGITS = 8;
const WRITTEN = /crc32:[0-9a-f]{8}/;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

/**
 * Write the checksum into the bytes of a file that has PLACE in its header.
 * @param {Uint8Array} bytes
 */
export function seal(bytes) {
  const at = /** @type {number} */ (findDigits(bytes));
  bytes.set(new TextEncoder().encode(hex(computeCrc32(bytes))), at);
}

/**
 * Whether a model file has a checksum; damage to one without may go unnoticed.
 * @param {Uint8Array} bytes
 */
export const isSealed = (bytes) => findDigits(bytes) !== null;

/**
 * Refuse bytes that are not what they were when the file was written.
 * @param {Uint8Array} bytes
 * @param {boolean} named whether the header has the field: damage may be in its name, or in what stands there
 */
export function checkSeal(bytes, named) {
  const at = findDigits(bytes);
  if (at === null && named) {
    throw new ModelFileError(say`this model file is damaged, because its checksum cannot be read; get a fresh copy`);
  }
  if (at === null) return;
  const plain = bytes.slice();
  const written = new TextDecoder().decode(plain.subarray(at, at + DIGITS));
  plain.fill(0x30, at, at + DIGITS);
  if (hex(computeCrc32(plain)) !== written) {
    throw new ModelFileError(
      say`this model file is damaged, because its bytes do not match its checksum; get a fresh copy`,
    );
  }
}

/**
 * CRC-32 of ISO 3309, which zip files and PNG pictures have too.
 * @param {Uint8Array} bytes
 * @returns {number}
 */
export function computeCrc32(bytes) {
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) rest = TABLE[(rest ^ bytes[i]) & 255] ^ (rest >>> 8);
  return ~rest >>> 0;
}

/** @param {number} value */
const hex = (value) => value.toString(16).padStart(DIGITS, "0");

/**
 * Where the digits stand in a file; null if it has none.
 * @param {Uint8Array} bytes
 */
function findDigits(bytes) {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = new TextDecoder("latin1").decode(bytes.subarray(8, 8 + length)); // a letter a byte
  const found = text.search(WRITTEN);
  return found < 0 ? null : 8 + found + PLACE.length - DIGITS;
}
