/**
 * Principal components: the directions in which many vectors differ most, the strongest first.
 *
 * The covariance matrix is taken to its largest eigenvectors by orthogonal iteration on a block that is a little larger
 * than what is wanted; within the block, Jacobi's rotations solve exactly (Golub and Van Loan, Matrix Computations,
 * 8.2 and 8.5). Signs are chosen so that the largest entry of every direction is above 0.
 */

const SPARE = 6; // more directions than are wanted, so that the wanted ones stand out sooner
const NEAR = 1e-12; // how far C v may be from λ v, relative to the largest λ
const MOST = 2000; // iterations; only directions of nearly equal variance come that far, and any mix of them is right
const SWEEPS = 60;

/**
 * @typedef {{mean: Float64Array, axes: Float64Array[], variances: number[], shares: number[]}} Components
 *   `variances` are those along the axes, and `shares` what part each is of all variance
 */

/**
 * @param {ArrayLike<number>} rows one vector after the other
 * @param {number} size of a vector
 * @param {number} [wanted] directions
 * @returns {Components}
 */
export function findComponents(rows, size, wanted = 2) {
  const { mean, C } = takeCovariance(rows, size);
  const total = mean.reduce((sum, _, i) => sum + C[i * size + i], 0);
  const count = Math.min(wanted, size);
  const { values, vectors } = iterate(C, size, Math.min(count + SPARE, size), count);
  const variances = values.slice(0, count).map((value) => Math.max(value, 0));
  return {
    mean, axes: vectors.slice(0, count).map(orient), variances,
    shares: variances.map((value) => (total > 0 ? value / total : 0)),
  };
}

/**
 * Where a vector lies along the axes.
 * @param {Components} components
 * @param {ArrayLike<number>} vector
 */
export const project = ({ mean, axes }, vector) =>
  axes.map((axis) => axis.reduce((sum, value, i) => sum + value * (vector[i] - mean[i]), 0));

/**
 * Mean and covariance, divided by one less than there are vectors.
 * @param {ArrayLike<number>} rows
 * @param {number} size
 */
function takeCovariance(rows, size) {
  const count = rows.length / size;
  const mean = new Float64Array(size);
  for (let n = 0; n < rows.length; n++) mean[n % size] += rows[n];
  for (let i = 0; i < size; i++) mean[i] /= count;
  const C = new Float64Array(size * size);
  const apart = new Float64Array(size);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < size; i++) apart[i] = rows[row * size + i] - mean[i];
    for (let i = 0; i < size; i++) {
      if (apart[i] !== 0) for (let j = 0; j <= i; j++) C[i * size + j] += apart[i] * apart[j];
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) C[j * size + i] = C[i * size + j] /= Math.max(count - 1, 1);
  }
  return { mean, C };
}

/**
 * @param {Float64Array} C
 * @param {number} size
 * @param {number} block
 * @param {number} wanted
 */
function iterate(C, size, block, wanted) {
  let vectors = Array.from({ length: block }, (_, k) =>
    Float64Array.from({ length: size }, (__, i) => Math.cos((k + 1) * (i + 0.5)) + (i === k ? 2 : 0)));
  orthonormalize(vectors);
  let values = new Array(block).fill(0);
  for (let n = 0; n < MOST; n++) {
    const images = vectors.map((vector) => multiply(C, vector));
    const small = Float64Array.from({ length: block * block }, (_, e) =>
      dot(vectors[Math.floor(e / block)], images[e % block]));
    const turned = solveSymmetric(small, block);
    values = turned.values;
    vectors = mix(vectors, turned.vectors);
    const next = mix(images, turned.vectors);
    const limit = NEAR * Math.abs(values[0]);
    const isNear = vectors.slice(0, wanted).every((vector, k) =>
      next[k].every((value, i) => Math.abs(value - values[k] * vector[i]) <= limit));
    if (isNear) break;
    vectors = next;
    orthonormalize(vectors);
  }
  return { values, vectors };
}

/**
 * All eigenvalues and eigenvectors of a small symmetric matrix, the largest value first, by Jacobi's rotations.
 * @param {Float64Array} matrix
 * @param {number} size
 */
export function solveSymmetric(matrix, size) {
  const A = matrix.slice();
  const V = Float64Array.from(A, (_, e) => (Math.floor(e / size) === e % size ? 1 : 0));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = 0; q < p; q++) off += A[p * size + q] ** 2;
    if (off === 0) break;
    for (let p = 0; p < size; p++) for (let q = 0; q < p; q++) rotate(A, V, size, p, q);
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => A[j * size + j] - A[i * size + i]);
  return {
    values: order.map((i) => A[i * size + i]),
    vectors: order.map((i) => Float64Array.from({ length: size }, (_, row) => V[row * size + i])),
  };
}

/**
 * Turn the plane of p and q so that the entry between them becomes 0.
 * @param {Float64Array} A
 * @param {Float64Array} V
 * @param {number} size
 * @param {number} p
 * @param {number} q
 */
function rotate(A, V, size, p, q) {
  const between = A[p * size + q];
  if (between === 0) return;
  const theta = (A[q * size + q] - A[p * size + p]) / (2 * between);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const turn = (/** @type {Float64Array} */ M, /** @type {number} */ a, /** @type {number} */ b) => {
    const [x, y] = [M[a], M[b]];
    M[a] = c * x - s * y;
    M[b] = s * x + c * y;
  };
  for (let i = 0; i < size; i++) turn(A, p * size + i, q * size + i);
  for (let i = 0; i < size; i++) turn(A, i * size + p, i * size + q);
  for (let i = 0; i < size; i++) turn(V, i * size + p, i * size + q);
  A[p * size + q] = A[q * size + p] = 0;
}

/**
 * @param {Float64Array} C
 * @param {Float64Array} vector
 */
function multiply(C, vector) {
  const size = vector.length;
  return Float64Array.from(vector, (_, i) => {
    let sum = 0;
    for (let j = 0, n = i * size; j < size; j++, n++) sum += C[n] * vector[j];
    return sum;
  });
}

/**
 * Sums of vectors, each with the factors of one of the small eigenvectors.
 * @param {Float64Array[]} vectors
 * @param {Float64Array[]} factors
 */
const mix = (vectors, factors) => factors.map((row) =>
  Float64Array.from(vectors[0], (_, i) => row.reduce((sum, factor, k) => sum + factor * vectors[k][i], 0)));

/**
 * Gram and Schmidt, twice, so that nothing of the others is left. A vector that vanishes stays 0.
 * @param {Float64Array[]} vectors
 */
function orthonormalize(vectors) {
  vectors.forEach((vector, k) => {
    for (const other of [...vectors.slice(0, k), ...vectors.slice(0, k)]) {
      const along = dot(vector, other);
      for (let i = 0; i < vector.length; i++) vector[i] -= along * other[i];
    }
    const length = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] = length > 0 ? vector[i] / length : 0;
  });
}

/**
 * @param {Float64Array} a
 * @param {Float64Array} b
 */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** @param {Float64Array} axis */
function orient(axis) {
  const top = axis.reduce((best, value, i) => (Math.abs(value) > Math.abs(axis[best]) + 1e-9 ? i : best), 0);
  return axis[top] < 0 ? axis.map((value) => -value) : axis;
}
