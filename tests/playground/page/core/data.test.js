// IDX files, gzipped or not, are read as the library reads them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { loadSamples, parseIdx } from "#page/core/data.js";
import { mnist } from "../support.mjs";

const FOLDER = new URL("../../../../src/mnist_nn/data/embedded/", import.meta.url);
const buffer = (...bytes) => Uint8Array.from(bytes).buffer;
let server;
let root;

before(async () => {
  server = createServer((request, response) => {
    const name = request.url.slice(1).split("?")[0];
    if (!/^t10k-\w+-idx\d-ubyte\.gz$/.test(name)) return response.writeHead(404).end();
    // A server may say that the file is packed, and then the browser has unpacked it already.
    if (request.url.endsWith("?encoded")) response.setHeader("Content-Encoding", "gzip");
    return response.end(readFileSync(new URL(name, FOLDER)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  root = `http://127.0.0.1:${server.address().port}`;
});

after(() => server.close());

for (const query of ["", "?encoded"]) {
  test(`the test images are loaded from a server${query}`, async () => {
    const urls = ["images-idx3", "labels-idx1"].map((name) => `${root}/t10k-${name}-ubyte.gz${query}`);
    const found = await loadSamples(urls[0], urls[1]);
    const { images, labels } = mnist("t10k", 10000);
    assert.deepEqual([found.count, found.width, found.height], [10000, 28, 28]);
    assert.ok(Buffer.from(found.images).equals(images));
    assert.ok(Buffer.from(found.labels).equals(labels));
  });
}

test("images and labels that do not belong together are an error in one line", async () => {
  const labels = `${root}/t10k-labels-idx1-ubyte.gz`;
  await assert.rejects(loadSamples(labels, labels), { name: "DataError", message: /images of shape 10000 and/ });
});

test("a file that is not there is an error in one line", async () => {
  await assert.rejects(loadSamples(`${root}/none`, `${root}/none`), { name: "DataError", message: /status 404/ });
});

test("shape and bytes are taken as they are", () => {
  const { shape, data } = parseIdx(buffer(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6));
  assert.deepEqual([shape, [...data]], [[2, 3], [1, 2, 3, 4, 5, 6]]);
});

for (const [what, bytes, message] of [
  ["nothing", [], /not an IDX file of bytes/],
  ["another format", [1, 2, 3, 4, 5], /not an IDX file of bytes/],
  ["other numbers than bytes", [0, 0, 13, 1, 0, 0, 0, 0], /not an IDX file of bytes/],
  ["half a header", [0, 0, 8, 2, 0, 0, 0, 1], /ends in the middle of its header/],
  ["too few bytes", [0, 0, 8, 1, 0, 0, 0, 3, 1, 2], /should contain 3 bytes, but contains 2/],
  ["too many bytes", [0, 0, 8, 1, 0, 0, 0, 1, 1, 2], /should contain 1 bytes, but contains 2/],
]) {
  test(`${what} is an error in one line`, () => {
    assert.throws(() => parseIdx(buffer(...bytes)), { name: "DataError", message });
  });
}
