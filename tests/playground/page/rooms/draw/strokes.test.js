// Strokes of a pen, as they grow and as text.
import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, encode, extend, makePoint } from "#page/rooms/draw/strokes.js";

test("strokes go through the address and back", () => {
  const strokes = [[makePoint(0.1, 0.2, 0.08), makePoint(0.5, 1.4, 0.08)], [makePoint(0.9, 0, 0.16)]];
  assert.deepEqual(decode(encode(strokes)), strokes);
  assert.match(encode(strokes), /^[\w-]+$/);
  assert.deepEqual(decode("not base64 !"), []);
  assert.deepEqual(decode("AQ"), []);
});

test("a pen that stands still adds no points", () => {
  const stroke = [];
  for (const x of [0.5, 0.501, 0.502, 0.52]) extend(stroke, makePoint(x, 0.5, 0.1));
  assert.equal(stroke.length, 2);
});
