// The library's files are read and written again without loss, and a run saved by one goes on in the other.
import assert from "node:assert/strict";
import { test } from "node:test";

import { makeModel, resumeRun } from "#page/core/checkpoint.js";
import { read, write } from "#page/core/modelfile.js";
import { create } from "#page/core/network.js";
import { advance, start } from "#page/core/training.js";
import { allNear, bytes, golden, mnist, near, parameters } from "../support.mjs";

const files = golden("models");
const few = mnist("train", 60);
const file = (name) => bytes(files[name].bytes).buffer;

/** A header's JSON as it is without its checksum. */
const unsealed = (text) => JSON.parse(text, (name, value) => (name === "checksum" ? undefined : value));

/** The header and where the tensors begin, taken apart as docs/reference/model-file.md says. */
function anatomy(buffer) {
  const size = Number(new DataView(buffer).getBigUint64(0, true));
  const entries = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  return { entries, tensors: new Uint8Array(buffer, 8 + size) };
}

for (const [name, expected] of Object.entries(files)) {
  test(`a ${name} network of the library is read as it is`, () => {
    const { network } = read(file(name));
    assert.deepEqual(network.config, expected.network);
    const numbers = network.config.dtype === "float32" ? Float32Array : Float64Array;
    assert.deepEqual(parameters(network), expected.parameters.map((p) => numbers.from(p)));
  });

  test(`a ${name} network is written again with the same tensors, byte for byte, and the same header`, () => {
    const before = anatomy(file(name));
    const after = anatomy(write(read(file(name))));
    assert.deepEqual(after.tensors, before.tensors);
    const plain = ({ entries: { __metadata__: text, ...rest } }) => {
      assert.match(JSON.parse(text.mnist_nn).checksum, /^crc32:[0-9a-f]{8}$/);
      return [unsealed(text.mnist_nn), rest];
    };
    assert.deepEqual(plain(after), plain(before));
  });
}

test("a training that the library began goes on as the library's did", () => {
  const { images, labels, next_epoch: next } = files.trained;
  const model = read(file("trained"));
  assert.equal(model.header.training.seed, 2n ** 64n - 1n);
  const { network, settings, from, ignored } = resumeRun(model);
  const run = start(network, Uint8Array.from(images), Uint8Array.from(labels), settings, from);
  advance(run, 20);
  allNear(parameters(run.network), next, 1e-11, "parameters");
  assert.deepEqual(ignored, []);
  near([run.history[0].loss], [files.trained.first_loss], 1e-12);
  assert.equal(run.history.length, 3);
});

test("sequence networks of a reader are left out, and the rest is read and written", () => {
  const { entries, tensors } = anatomy(file("trained"));
  const header = unsealed(entries.__metadata__.mnist_nn);
  const end = tensors.length;
  const more = { "sequences/0/W1": { dtype: "F16", shape: [2], data_offsets: [end, end + 4] } };
  const metadata = { mnist_nn: JSON.stringify({ ...header, sequences: [{}] }) };
  const json = new TextEncoder().encode(JSON.stringify({ ...entries, ...more, __metadata__: metadata }));
  const whole = new Uint8Array(8 + json.length + end + 4);
  new DataView(whole.buffer).setBigUint64(0, BigInt(json.length), true);
  whole.set(json, 8);
  whole.set(tensors, 8 + json.length);
  const model = read(whole.buffer);
  assert.deepEqual(parameters(model.network), parameters(read(file("trained")).network));
  const again = anatomy(write(model)).entries;
  assert.ok(!("sequences/0/W1" in again));
  assert.ok(!("sequences" in JSON.parse(again.__metadata__.mnist_nn)));
});

test("files from before today's names are read", () => {
  const header = anatomy(file("trained")).entries.__metadata__.mnist_nn;
  const rest = unsealed(header);
  const { learning_rate: rate, ...training } = rest.training;
  const old = write({ ...read(file("trained")), header: { ...rest, training: { ...training, rate } } });
  assert.equal(read(old.buffer ?? old).header.training.learning_rate, rate);
  assert.ok(!("rate" in read(old.buffer ?? old).header.training));
});

test("a seed that no float holds is written whole", () => {
  const text = anatomy(write(read(file("trained")))).entries.__metadata__.mnist_nn;
  assert.ok(text.includes('"seed":18446744073709551615'));
});

test("a run goes through a file in the middle of an epoch", () => {
  const settings = { optimizer: "adam", batch_size: 7, dropout: 0.3, l2: 0.01, seed: 3 };
  const run = start(create({ hidden: [8], dtype: "float64" }), few.images, few.labels, settings);
  advance(run, 60 + 21);
  const again = resumeRun(read(write(makeModel(run))));
  const other = start(again.network, few.images, few.labels, again.settings, again.from);
  advance(run, 100);
  advance(other, 100);
  assert.deepEqual(other.network, run.network);
  assert.deepEqual(other.history.map(({ loss }) => loss), run.history.map(({ loss }) => loss));
});

test("where early stopping kept older weights, training goes on from the latest", () => {
  const run = start(create(), few.images, few.labels);
  advance(run, 60);
  const model = makeModel(run);
  const old = create({}, 9);
  const latest = run.network;
  const tensors = Object.fromEntries(
    latest.weights.flatMap((W, k) => [
      [`resume/W${k + 1}`, { shape: [latest.biases[k].length, W.length / latest.biases[k].length], data: W }],
      [`resume/b${k + 1}`, { shape: [latest.biases[k].length], data: latest.biases[k] }],
    ]),
  );
  const again = read(write({ ...model, network: old, tensors }));
  assert.deepEqual(again.network, old);
  assert.deepEqual(resumeRun(again).network, latest);
});

test("an average of the weights is no state of an optimizer", () => {
  const run = start(create(), few.images, few.labels, { optimizer: "momentum" });
  advance(run, 60);
  const model = makeModel(run);
  const average = Object.entries(model.tensors).map(([name, t]) => [name.replace("velocity", "average"), t]);
  const again = read(write({ ...model, tensors: { ...model.tensors, ...Object.fromEntries(average) } }));
  assert.deepEqual(Object.keys(resumeRun(again).from.slots), ["velocity"]);
});

test("settings that the page does not follow are named", () => {
  const model = makeModel(start(create(), few.images, few.labels));
  const more = { schedule: "cosine", ema_decay: 0.9, augmentation: "elastic", augment: "", validation: 0 };
  Object.assign(model.header.training, more);
  assert.deepEqual(resumeRun(read(write(model))).ignored, ["schedule", "ema_decay", "augmentation"]);
});

test("with a deliberate fault only the network is kept", () => {
  const run = start(create(), few.images, few.labels, { fault: "summed", batch_size: 4 });
  advance(run, 8);
  const model = read(write(makeModel(run)));
  assert.deepEqual(model.network, run.network);
  assert.equal(model.header.training, null);
  assert.equal(resumeRun(model), null);
});

test("what this page does not know of a file is kept", () => {
  const model = makeModel(start(create(), few.images, few.labels));
  model.header.later = { some: [1, 2] };
  model.tensors["later/table"] = { shape: [2, 1], data: Float64Array.of(0.1, 0.2) };
  const again = read(write(model));
  assert.deepEqual(again.header.later, { some: [1, 2] });
  assert.deepEqual(again.tensors["later/table"], { shape: [2, 1], data: Float64Array.of(0.1, 0.2) });
});

test("numbers that are not finite are not written", () => {
  const network = create();
  network.biases[0][3] = NaN;
  assert.throws(() => write({ ...makeModel(start(create(), few.images, few.labels)), network }), {
    name: "ModelFileError",
    message: /b1 contains NaN or infinity/,
  });
});

/** A sound file, with its JSON changed. */
function changed(change) {
  const buffer = file("fresh");
  const { entries, tensors } = anatomy(buffer);
  const header = unsealed(entries.__metadata__.mnist_nn); // what follows is about the rest
  change(entries, header);
  if (entries.__metadata__) entries.__metadata__.mnist_nn = JSON.stringify(header);
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const found = new Uint8Array(8 + json.length + tensors.length);
  new DataView(found.buffer).setBigUint64(0, BigInt(json.length), true);
  found.set(json, 8);
  found.set(tensors, 8 + json.length);
  return found.buffer;
}

const DAMAGE = [
  ["nothing", () => new ArrayBuffer(0), /not a model file/],
  ["a picture", () => bytes("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ").buffer, /not a model file/],
  ["half a file", () => file("fresh").slice(0, 900), /damaged|not a model file/],
  ["a length without a header", () => new BigUint64Array([8n, 5n]).buffer, /not a model file/],
  ["another program's tensors", () => changed((entries) => delete entries.__metadata__), /not made by mnist-nn/],
  ["a later format", () => changed((_, header) => (header.format = 2)), /format 2, but this page reads only format 1/],
  ["a wrong shape", () => changed((entries) => (entries.W1.shape = [12, 5])), /W1 is missing, or does not fit/],
  ["a missing tensor", () => changed((entries) => delete entries.b2), /b2 is missing/],
  ["a wrong type", () => changed((entries) => (entries.b1.dtype = "I64")), /tensor b1 .* damaged/],
  ["an unknown activation", () => changed((_, header) => (header.network.activation = ["x"])), /activation is "x"/],
  ["no network", () => changed((_, header) => (header.network = null)), /this model file is damaged/],
];

for (const [what, make, message] of DAMAGE) {
  test(`${what} is an error in one line`, () => {
    assert.throws(() => read(make()), (error) => error.name === "ModelFileError" && message.test(error.message));
  });
}
