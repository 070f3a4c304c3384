// How long one sample takes to learn, the best of three epochs: `npm run bench:web`. The processor's time is given
// beside the clock's, because other programs slow down only the clock.
import { create } from "#page/core/network.js";
import { advance, start } from "#page/core/training.js";
import { mnist } from "./mnist.mjs";

const { images, labels } = mnist("train", 60000);
const CASES = [
  ["784-20-10, batch 1 (classic)", {}, {}],
  ["784-20-10, batch 1, L2", {}, { l2: 1e-5 }],
  ["784-20-10, batch 1, dropout", {}, { dropout: 0.2 }],
  ["784-20-10, batch 16", {}, { batch_size: 16 }],
  ["784-20-10, batch 16, adam", {}, { batch_size: 16, optimizer: "adam" }],
  ["784-20-10, full batch", {}, { batch_size: 60000 }],
  ["784-64-32-10 relu softmax, batch 1", { hidden: [64, 32], activation: "relu", output: "softmax" },
    { loss: "cross_entropy" }],
];

for (const [name, config, training] of CASES) {
  const run = start(create(config, 0), images, labels, training);
  advance(run, 2000); // until the compiler has settled
  const times = [1, 2, 3].map(() => {
    const begin = performance.now();
    const before = process.cpuUsage();
    advance(run, 60000);
    const { user, system } = process.cpuUsage(before);
    return { clock: (performance.now() - begin) / 1000, processor: (user + system) / 60000 };
  });
  const seconds = Math.min(...times.map(({ clock }) => clock));
  const each = Math.min(...times.map(({ processor }) => processor)).toFixed(2);
  console.log(`${name.padEnd(36)} ${each.padStart(7)} µs of processor a sample, an epoch in ${seconds.toFixed(2)} s`);
}
