/**
 * Counter-based random numbers: pure functions of a key and a counter, with no state anywhere.
 *
 * The generator is Threefry-2x32 with 20 rounds, as in the library's randomness.py; the same keys and counters give
 * the same bits. Draw number i needs none of the i - 1 before it.
 */

/** @typedef {{k0: number, k1: number}} Key two words of 32 bits */

/** What a run's key is folded with. The numbers are part of every saved run. */
export const PURPOSES = Object.freeze({
  WEIGHTS: 1, SHUFFLE: 2, DROPOUT: 3, SUBSET: 4, HOLD_OUT: 5, PROBE: 6, AUGMENT: 7, CALIBRATION: 8,
});

const PARITY = 0x1bd11bda;
const ROTATIONS = Uint8Array.of(13, 15, 26, 6, 17, 29, 16, 24);
const pair = new Uint32Array(2); // where `mix` leaves its two words, so that a draw allocates nothing

/**
 * Make the key of a whole run from its seed, a whole number from 0 to 2**64 - 1.
 * @param {bigint | number} seed beyond 2**53 only a bigint is exact
 * @returns {Key}
 */
export function key(seed) {
  const bits = BigInt(seed);
  return { k0: Number(bits & 0xffffffffn), k1: Number((bits >> 32n) & 0xffffffffn) };
}

/**
 * Derive a key for a purpose, such as `fold(key(seed), PURPOSES.SHUFFLE, epoch)`.
 * @param {Key} k
 * @param {...number} numbers whole and not negative
 * @returns {Key}
 */
export function fold(k, ...numbers) {
  for (const number of numbers) {
    const [k0, k1] = threefry(k, number >>> 0, Math.floor(number / 2 ** 32) >>> 0);
    k = { k0, k1 };
  }
  return k;
}

/**
 * Threefry-2x32-20 of the counter (c0, c1) under a key.
 * @param {Key} k
 * @param {number} c0
 * @param {number} c1
 * @returns {[number, number]}
 */
export function threefry(k, c0, c1) {
  mix(k.k0, k.k1, c0, c1);
  return [pair[0], pair[1]];
}

/**
 * The rounds themselves; the result lies in `pair`.
 * @param {number} k0
 * @param {number} k1
 * @param {number} c0
 * @param {number} c1
 */
function mix(k0, k1, c0, c1) {
  const k2 = k0 ^ k1 ^ PARITY;
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  for (let block = 0; block < 5; block++) {
    const first = (block & 1) << 2;
    for (let r = first; r < first + 4; r++) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << ROTATIONS[r]) | (x1 >>> (32 - ROTATIONS[r]))) ^ x0;
    }
    const next = (block + 1) % 3;
    x0 = (x0 + (next === 0 ? k0 : next === 1 ? k1 : k2)) | 0;
    x1 = (x1 + (next === 0 ? k1 : next === 1 ? k2 : k0) + block + 1) | 0;
  }
  pair[0] = x0;
  pair[1] = x1;
}

/**
 * Draw numbers evenly from the open interval (0, 1).
 * @param {Key} k
 * @param {number} count
 * @returns {Float64Array}
 */
export function uniform(k, count) {
  return Float64Array.from({ length: count }, (_, i) => {
    mix(k.k0, k.k1, i, 0);
    // 52 bits, and a half so that neither 0 nor 1 can come: the logarithm of a draw is always finite.
    return (pair[0] * 2 ** 20 + (pair[1] >>> 12) + 0.5) / 2 ** 52;
  });
}

/**
 * Draw standard normal numbers by the Box-Muller transform.
 * @param {Key} k
 * @param {number} count
 * @returns {Float64Array}
 */
export function normal(k, count) {
  const radius = uniform(fold(k, 0), count);
  const angle = uniform(fold(k, 1), count);
  return radius.map((u, i) => Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * angle[i]));
}

/**
 * Shuffle 0 .. count - 1: each number gets a random word, and the pairs are sorted.
 * @param {Key} k
 * @param {number} count
 * @returns {Uint32Array}
 */
export function permutation(k, count) {
  const pairs = new BigUint64Array(count);
  const words = new Uint32Array(pairs.buffer); // low word first, as on every machine that runs a browser
  for (let i = 0; i < count; i++) {
    mix(k.k0, k.k1, i, 0);
    words[2 * i] = i; // the number itself breaks the rare tie
    words[2 * i + 1] = pair[0];
  }
  pairs.sort();
  return Uint32Array.from({ length: count }, (_, i) => words[2 * i]);
}

/**
 * Round to the nearest whole number, a half to the even one, as Python's `round` does.
 * @param {number} value
 */
export function roundHalfEven(value) {
  const below = Math.floor(value);
  const up = value - below > 0.5 || (value - below === 0.5 && below % 2 === 1);
  return below + (up ? 1 : 0);
}

/**
 * Smallest word that keeps a unit under a dropout rate.
 * @param {number} rate
 */
export const keepThreshold = (rate) => Math.min(roundHalfEven(rate * 2 ** 32), 0xffffffff);

/**
 * Say which units of a layer stay for one sample: 1 with probability 1 - rate, else 0.
 * @param {Key} k of the epoch, `fold(key(seed), PURPOSES.DROPOUT, epoch)`
 * @param {number} row of the sample in the training set
 * @param {number} layer number of the hidden layer, 0 for the first
 * @param {number} units width of the layer
 * @param {number} rate 0 <= rate < 1
 * @param {Uint8Array} [keeps] filled and returned, to save the allocation
 * @returns {Uint8Array}
 */
export function dropoutKeeps(k, row, layer, units, rate, keeps = new Uint8Array(units)) {
  const threshold = keepThreshold(rate);
  for (let unit = 0; unit < units; unit++) {
    mix(k.k0, k.k1, row, (unit | (layer << 24)) >>> 0);
    keeps[unit] = pair[0] >= threshold ? 1 : 0;
  }
  return keeps;
}
