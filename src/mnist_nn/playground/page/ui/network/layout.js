/**
 * Where everything lies in the picture of the network: the image at the left, a block of neurons for each hidden
 * layer, and the outputs at the right, with as much space beside them as the room wants.
 */

/** @typedef {{x: number, y: number}} Spot */
/** @typedef {{spots: Spot[], size: number, round: boolean, columns: number, left: number, right: number}} Block */
/**
 * @typedef {{width: number, height: number, image: {x: number, y: number, side: number}, blocks: Block[],
 *   outputs: Spot[]}} Layout
 */

const COLUMN = 24; // as many neurons stand in one column, as circles; more make a block of squares
const SIDE = 28;
const CAPTION = 24; // below the neurons

/**
 * @param {number} width
 * @param {number} height
 * @param {number[]} hidden units of each hidden layer
 * @param {number} outputs
 * @param {number} [beside] space to the right of the outputs
 * @returns {Layout}
 */
export function layOut(width, height, hidden, outputs, beside = 2) {
  const side = Math.min(Math.max(0.24 * width, 76), 168);
  const image = { x: 1, y: (height - side) / 2, side };
  const space = width - side - beside;
  const blocks = hidden.map((units, k) => {
    const centre = side + (space * (k + 1)) / (hidden.length + 1);
    return layOutBlock(units, centre, (0.66 * space) / (hidden.length + 1), height);
  });
  const ends = Array.from({ length: outputs }, (_, k) => ({ x: width - beside, y: ((k + 0.5) * height) / outputs }));
  return { width, height, image, blocks, outputs: ends };
}

/**
 * @param {number} units
 * @param {number} centre
 * @param {number} most width
 * @param {number} height
 * @returns {Block}
 */
function layOutBlock(units, centre, most, height) {
  const round = units <= COLUMN;
  const columns = round ? 1 : chooseColumns(units, most, height);
  const rows = Math.ceil(units / columns);
  const pitch = Math.min(round ? 26 : 14, (height - CAPTION) / rows, round ? most : most / columns);
  const left = centre - (columns * pitch) / 2;
  const top = (height - CAPTION - rows * pitch) / 2;
  const spots = Array.from({ length: units }, (_, i) => ({
    x: left + ((i % columns) + 0.5) * pitch,
    y: top + (Math.floor(i / columns) + 0.5) * pitch,
  }));
  return { spots, size: 0.84 * pitch, round, columns, left, right: left + columns * pitch };
}

/**
 * As many columns as make the squares largest.
 * @param {number} units
 * @param {number} most
 * @param {number} height
 */
function chooseColumns(units, most, height) {
  const counts = Array.from({ length: Math.min(units, 64) }, (_, i) => i + 1);
  const size = (/** @type {number} */ n) => Math.min(14, most / n, (height - CAPTION) / Math.ceil(units / n));
  return counts.reduce((best, n) => (size(n) > size(best) + 1e-9 ? n : best), 1);
}

/**
 * Where a pixel lies.
 * @param {Layout} layout
 * @param {number} pixel
 * @returns {Spot}
 */
export function locatePixel({ image: { x, y, side } }, pixel) {
  const step = side / SIDE;
  return { x: x + ((pixel % SIDE) + 0.5) * step, y: y + (Math.floor(pixel / SIDE) + 0.5) * step };
}
