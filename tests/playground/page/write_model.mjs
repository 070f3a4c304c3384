// Train a little in JavaScript and write the model file to standard output, for the library to read and to go on with.
// Arguments: the settings of the network and of the training as JSON, and the number of samples to learn.
import { makeModel } from "#page/core/checkpoint.js";
import { write } from "#page/core/modelfile.js";
import { create } from "#page/core/network.js";
import { advance, start } from "#page/core/training.js";
import { mnist } from "./mnist.mjs";

const [network, training] = process.argv.slice(2, 4).map((text) => JSON.parse(text));
const { images, labels } = mnist("train", 200);
const run = start(create(network, training.seed), images, labels, training);
advance(run, Number(process.argv[4]));
const model = makeModel(run, { scores: { test_accuracy: 0.5 }, data: { name: "mnist" } });
process.stdout.write(new Uint8Array(write(model)));
