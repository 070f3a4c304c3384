/**
 * Strokes of a pen: drawn at any size, and the ink of them. Used by the playground's sheet and by exported pages.
 */

/** @typedef {{x: number, y: number, width: number}} Point between 0 and 1 */
/** @typedef {Point[]} Stroke */

export const SIDE = 140; // of the ink that is framed, in pixels: seven for each of the 20 that come of it

/**
 * Draw strokes, round at their ends and corners, between two points as wide as both are on average.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {Stroke[]} strokes
 * @param {number} side of the canvas
 */
export function drawStrokes(context, strokes, side) {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    stroke.forEach((to, i) => {
      const from = stroke[Math.max(i - 1, 0)];
      context.lineWidth = (side * (from.width + to.width)) / 2;
      context.beginPath();
      context.moveTo(side * from.x, side * from.y);
      context.lineTo(side * to.x, side * to.y);
      context.stroke();
    });
  }
}

/**
 * The ink of strokes: bytes, 0 where there is none.
 * @param {Stroke[]} strokes
 * @returns {Uint8Array} SIDE × SIDE
 */
export function renderInk(strokes) {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return new Uint8Array(SIDE * SIDE);
  drawStrokes(context, strokes, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3]);
}
