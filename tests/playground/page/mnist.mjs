// MNIST as the package carries it, for the tests and the benchmark.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const FOLDER = new URL("../../../src/mnist_nn/data/embedded/", import.meta.url);

/** The numbers of one IDX file: a header of 16 bytes before images, of 8 before labels. */
function numbers(name, header) {
  return new Uint8Array(gunzipSync(readFileSync(new URL(name, FOLDER))).subarray(header));
}

/** The first `count` images and labels of a part: "train" or "t10k". */
export function mnist(part, count) {
  const images = numbers(`${part}-images-idx3-ubyte.gz`, 16).subarray(0, count * 784);
  return { images, labels: numbers(`${part}-labels-idx1-ubyte.gz`, 8).subarray(0, count) };
}
