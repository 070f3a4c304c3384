/**
 * Labelled images from IDX files, the format of MNIST: a short header, then the bytes. Files may be gzipped.
 */

import { DataError, say } from "./errors.js";

/** @typedef {{images: Uint8Array, labels: Uint8Array, count: number, width: number, height: number}} Samples */

/**
 * Decode an IDX file of bytes.
 * @param {ArrayBuffer} buffer
 * @returns {{shape: number[], data: Uint8Array}}
 */
export function parseIdx(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 4 || view.getUint16(0) !== 0 || view.getUint8(2) !== 8) {
    throw new DataError(say`this is not an IDX file of bytes; choose the images or labels of a data set like MNIST`);
  }
  const dimensions = view.getUint8(3);
  const start = 4 + 4 * dimensions;
  if (buffer.byteLength < start) {
    throw new DataError(say`the IDX file ends in the middle of its header; get a fresh copy`);
  }
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, side) => product * side, 1);
  if (buffer.byteLength !== start + size) {
    throw new DataError(
      say`the IDX file should contain ${size} bytes, but contains ${buffer.byteLength - start}; get a fresh copy`,
    );
  }
  return { shape, data: new Uint8Array(buffer, start) };
}

/**
 * Fetch a file, and unpack it if it is gzipped and the browser has not done so already.
 * @param {string | URL} url
 * @returns {Promise<ArrayBuffer>}
 */
export async function fetchBytes(url) {
  const response = await fetch(url).catch(() => {
    throw new DataError(say`cannot load ${String(url)}, because the server does not answer`);
  });
  if (!response.ok) {
    throw new DataError(
      say`cannot load ${String(url)}, because the server answers with status ${response.status}`,
    );
  }
  const bytes = await response.arrayBuffer();
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  return first === 0x1f && second === 0x8b ? gunzip(bytes) : bytes;
}

/**
 * Unpack gzipped bytes.
 * @param {ArrayBuffer} bytes
 * @returns {Promise<ArrayBuffer>}
 */
export function gunzip(bytes) {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

/**
 * Load images with their labels.
 * @param {string | URL} imagesUrl
 * @param {string | URL} labelsUrl
 * @returns {Promise<Samples>}
 */
export async function loadSamples(imagesUrl, labelsUrl) {
  const [images, labels] = (await Promise.all([fetchBytes(imagesUrl), fetchBytes(labelsUrl)])).map(parseIdx);
  const [count, height, width] = images.shape;
  if (images.shape.length !== 3 || labels.shape.length !== 1 || labels.shape[0] !== count) {
    const shapes = [images, labels].map(({ shape }) => shape.join("×"));
    throw new DataError(say`images of shape ${shapes[0]} and labels of shape ${shapes[1]} do not belong together`);
  }
  return { images: images.data, labels: labels.data, count, width, height };
}
