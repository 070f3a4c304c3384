// What the room Draw computes: changes inside a network, the connections that decided, ink as text, ink of photos.
import assert from "node:assert/strict";
import { test } from "node:test";

import { evaluate } from "../../../src/mnist_nn/playground/page/core/evaluation.js";
import { frame } from "../../../src/mnist_nn/playground/page/core/framing.js";
import { create, forward } from "../../../src/mnist_nn/playground/page/core/network.js";
import { decisive, sent } from "../../../src/mnist_nn/playground/page/rooms/draw/decisive.js";
import {
  edited, editsOf, toParams, withOff, withShift,
} from "../../../src/mnist_nn/playground/page/rooms/draw/edits.js";
import { answersWith, countRight, remember } from "../../../src/mnist_nn/playground/page/rooms/draw/effects.js";
import { inkOfGrey } from "../../../src/mnist_nn/playground/page/rooms/draw/photo.js";
import { decode, encode, extend, point } from "../../../src/mnist_nn/playground/page/rooms/draw/strokes.js";
import { termsOf } from "../../../src/mnist_nn/playground/page/ui/terms.js";
import { nameOf, imageOf } from "../../../src/mnist_nn/playground/page/ui/images.js";
import { mnist, near } from "./support.mjs";

const few = mnist("t10k", 300);
const shapes = {
  seed: { hidden: [20] },
  deep: { hidden: [16, 12, 8], activation: ["relu", "tanh", "sigmoid"], output: "softmax" },
  flat: { hidden: [], activation: [] },
};
const model = (name) => ({ network: create(shapes[name], 5), header: {}, tensors: {} });
const nothing = { off: [], bias: [] };

const changes = {
  seed: withShift(withShift(withOff(nothing, { layer: 0, unit: 3 }, true), { layer: 0, unit: 7 }, -1.5),
    { layer: 1, unit: 4 }, 0.4),
  deep: withShift(withOff(withOff(nothing, { layer: 0, unit: 3 }, true), { layer: 2, unit: 1 }, true),
    { layer: 1, unit: 4 }, 2),
  flat: withShift(nothing, { layer: 0, unit: 4 }, 0.7),
};

for (const [name, edits] of Object.entries(changes)) {
  test(`the quick answers of a changed ${name} network are those of the network with the changes made`, () => {
    const whole = model(name);
    const memory = remember(whole.network, few.images, few.labels);
    const { predictions, correct } = evaluate(edited(whole, edits).network, few.images, few.labels);
    const found = answersWith(memory, edits);
    const apart = found.filter((answer, i) => answer !== predictions[i]).length;
    assert.ok(apart <= 1, `${apart} answers differ`);
    assert.ok(Math.abs(countRight(found, few.labels) - correct) <= 1);
    assert.notDeepEqual(found, memory.answers);
    assert.equal(answersWith(memory, nothing), memory.answers);
  });
}

test("changes go through the address and back", () => {
  const text = new URLSearchParams(toParams(changes.deep));
  assert.equal(text.get("off"), "1.4,3.2");
  assert.deepEqual(editsOf(text, model("deep")), changes.deep);
  const wrong = new URLSearchParams({ off: "9.1,2.99,x,4.1", bias: "1.1:much,7.7:1" });
  assert.deepEqual(editsOf(wrong, model("deep")), nothing);
});

test("a neuron that is off says nothing to the eleventh output either", () => {
  const tensors = { "calibration/weights": { shape: [23], data: new Float64Array(23).fill(2) } };
  const whole = { ...model("seed"), tensors };
  const after = edited(whole, withOff(nothing, { layer: 0, unit: 3 }, true));
  assert.equal(after.tensors["calibration/weights"].data[3], 0);
  assert.equal(whole.tensors["calibration/weights"].data[3], 2);
});

test("the terms of a neuron sum to its z", () => {
  for (const name of ["seed", "deep"]) {
    const { network } = model(name);
    const pass = forward(network, few.images.subarray(0, 784));
    for (const [layer, unit] of [[0, 5], [1, 2]]) {
      const sum = termsOf(network, pass, { layer, unit }).reduce((all, { value }) => all + value, 0);
      near([sum + network.biases[layer][unit]], [pass.z[layer][unit]], 1e-12);
    }
  }
});

test("connections that decided: the last layer's are its terms, and shares sum to at most one", () => {
  const { network } = model("seed");
  const pass = forward(network, few.images.subarray(0, 784));
  const found = decisive(network, pass, { layer: 1, unit: 7 });
  const last = found.filter(({ layer }) => layer === 1);
  assert.equal(last.length, 20);
  near([last.reduce((sum, { share }) => sum + share, 0)], [1], 1e-12);
  for (const { from, sign } of last) assert.equal(sign, Math.sign(network.weights[1][7 * 20 + from]));
  const first = found.filter(({ layer }) => layer === 0);
  assert.ok(first.length === 48 && first.every(({ from }) => few.images[from] > 0));
  assert.ok(first.reduce((sum, { share }) => sum + share, 0) <= 1);
});

test("a neuron sends to every unit above, and an output to none", () => {
  const { network } = model("seed");
  const pass = forward(network, few.images.subarray(0, 784));
  assert.equal(sent(network, pass, { layer: 0, unit: 2 }).length, 10);
  assert.deepEqual(sent(network, pass, { layer: 1, unit: 2 }), []);
});

test("strokes go through the address and back", () => {
  const strokes = [[point(0.1, 0.2, 0.08), point(0.5, 1.4, 0.08)], [point(0.9, 0, 0.16)]];
  assert.deepEqual(decode(encode(strokes)), strokes);
  assert.match(encode(strokes), /^[\w-]+$/);
  assert.deepEqual(decode("not base64 !"), []);
  assert.deepEqual(decode("AQ"), []);
});

test("a pen that stands still adds no points", () => {
  const stroke = [];
  for (const x of [0.5, 0.501, 0.502, 0.52]) extend(stroke, point(x, 0.5, 0.1));
  assert.equal(stroke.length, 2);
});

test("pictures go through the address and back", async () => {
  for (const i of [0, 1, 2]) {
    const pixels = few.images.subarray(784 * i, 784 * (i + 1));
    assert.deepEqual((await imageOf(null, nameOf(pixels))).pixels, pixels.slice());
  }
  assert.deepEqual((await imageOf(null, nameOf(new Uint8Array(784)))).pixels, new Uint8Array(784));
  assert.equal(await imageOf(null, "pixels:AAAA"), null);
  assert.equal(await imageOf(null, "nonsense"), null);
});

/** A digit photographed: uneven light, dark ink or chalk. */
function photo(digit, dark) {
  const side = 140;
  return Float64Array.from({ length: side * side }, (_, n) => {
    const [x, y] = [n % side, Math.floor(n / side)];
    const [u, v] = [Math.floor((x - 14) / 4), Math.floor((y - 14) / 4)];
    const ink = u >= 0 && u < 28 && v >= 0 && v < 28 ? digit[28 * v + u] / 255 : 0;
    const paper = 0.6 + (0.3 * x) / side;
    return dark ? paper * (1 - 0.75 * ink) : 1 - paper * (1 - 0.75 * ink);
  });
}

for (const dark of [true, false]) {
  test(`${dark ? "dark ink" : "chalk"} in uneven light becomes the digit that was written`, () => {
    for (const i of [0, 1, 2, 3]) {
      const digit = few.images.subarray(784 * i, 784 * (i + 1));
      const { ink, width, height } = inkOfGrey(photo(digit, dark), 140, 140);
      const framed = frame(ink, width, height);
      const overlap = framed.reduce((sum, value, n) => sum + Math.min(value, digit[n]), 0);
      const total = framed.reduce((sum, value, n) => sum + Math.max(value, digit[n]), 0);
      assert.ok(overlap / total > 0.6, `image ${i}: ${overlap / total}`);
    }
  });
}

test("a blank sheet has no ink", () => {
  assert.throws(() => inkOfGrey(new Float64Array(100).fill(0.8), 10, 10), /blank/);
});
