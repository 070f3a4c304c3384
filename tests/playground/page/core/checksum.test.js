// A file's checksum: as zlib computes it, and no flipped bit of a file goes unnoticed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";

import { PLACE, checkSeal, computeCrc32, isSealed, seal } from "#page/core/checksum.js";
import { read } from "#page/core/modelfile.js";
import { bytes, golden } from "../support.mjs";

const files = golden("models");
const file = () => bytes(files.fresh.bytes);
const isFileError = (error) => error.name === "ModelFileError" && !error.message.includes("\n");

/** The bytes of a file whose header is this text. */
function withHeader(text) {
  const header = new TextEncoder().encode(text);
  const whole = new Uint8Array(8 + header.length + 3).fill(7);
  new DataView(whole.buffer).setBigUint64(0, BigInt(header.length), true);
  whole.set(header, 8);
  return whole;
}

test("it is the CRC-32 of zlib", { skip: !crc32 && "this Node.js has no crc32 to compare with" }, () => {
  for (const size of [0, 1, 7, 256, 5000]) {
    const some = Uint8Array.from({ length: size }, (_, i) => (i * i + 31 * i) % 256);
    assert.equal(computeCrc32(some), crc32(some));
  }
});

test("it is that of the text that every description of CRC-32 gives", () => {
  assert.equal(computeCrc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

test("what was sealed passes, whatever letters stand before", () => {
  const whole = withHeader(`{"é": "${PLACE}"}`);
  seal(whole);
  assert.ok(!new TextDecoder().decode(whole).includes(PLACE));
  checkSeal(whole, true);
  whole[whole.length - 1] ^= 1;
  assert.throws(() => checkSeal(whole, true), /do not match its checksum/);
});

test("a file says whether it has one", () => {
  assert.ok(isSealed(file()));
  assert.ok(!isSealed(withHeader("{}")));
});

test("a file without one passes, unless its header names one", () => {
  checkSeal(withHeader("{}"), false);
  assert.throws(() => checkSeal(withHeader("{}"), true), /checksum cannot be read/);
});

test("a file of the library is refused with any single bit flipped", () => {
  read(file().buffer);
  for (let place = 0; place < 8 * file().length; place++) {
    const flipped = file();
    flipped[place >> 3] ^= 1 << (place & 7);
    assert.throws(() => read(flipped.buffer), isFileError, `bit ${place}`);
  }
});
