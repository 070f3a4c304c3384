// Write worksheets for the first test images with the model of a file, to standard output, for Python to check.
// Arguments: the model file, the loss, the rate, and how many sheets.
import { readFileSync } from "node:fs";

import { read } from "#page/core/modelfile.js";
import { trace } from "#page/core/trace.js";
import { listUpdates } from "#page/rooms/microscope/class-set.js";
import { findBusiest } from "#page/rooms/microscope/path.js";
import { en } from "#page/rooms/microscope/strings.js";
import { writeWorksheets } from "#page/rooms/microscope/worksheet.js";
import { addStrings } from "#page/ui/text.js";
import { mnist } from "./mnist.mjs";

const [file, loss, rate, count] = process.argv.slice(2);
addStrings({ en });
const bytes = readFileSync(file);
const { network } = read(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const samples = { ...mnist("t10k", 100), count: 100 };
const pixels = samples.images.subarray(0, 784);
const t = trace(network, pixels, samples.labels[0], { loss, learning_rate: Number(rate) });
const first = { t, path: findBusiest(t), pixels, image: "test:0" };
const updates = await listUpdates({ test: async () => samples }, network, first, Number(count));
process.stdout.write(writeWorksheets(updates, { solutions: true }));
