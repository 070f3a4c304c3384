/**
 * Pictures of 28×28 pixels as the network has them: 0 is paper, 255 is ink, in the colours of the page.
 */

import { readColour } from "./theme.js";

/**
 * Draw pixels on a canvas, a canvas pixel each; CSS makes it larger, and keeps the pixels square (class "pixels").
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} pixels bytes
 * @param {{side?: number, pen?: [number, number, number]}} [options]
 */
export function drawImage(canvas, pixels, options = {}) {
  const { side = Math.round(Math.sqrt(pixels.length)), pen = readColour("--pen") } = options;
  paint(canvas, side, pixels.length / side, (data, i) => {
    data[4 * i] = pen[0];
    data[4 * i + 1] = pen[1];
    data[4 * i + 2] = pen[2];
    data[4 * i + 3] = pixels[i];
  });
}

/**
 * Fill a canvas of a size, pixel by pixel.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {(data: Uint8ClampedArray, i: number) => void} pixel writes four bytes at 4 i
 */
export function paint(canvas, width, height, pixel) {
  canvas.width = width;
  canvas.height = height;
  canvas.classList.add("pixels");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) pixel(image.data, i);
  context.putImageData(image, 0, 0);
}
