// Principal components are those of NumPy's singular value decomposition.
import assert from "node:assert/strict";
import { test } from "node:test";

import { findComponents, project, solveSymmetric } from "#page/core/pca.js";
import { golden, mnist, near } from "../support.mjs";

for (const [name, { rows, size, mean, axes, variances, shares }] of Object.entries(golden("components"))) {
  test(`the components of ${name}`, () => {
    const found = findComponents(rows, size, axes.length);
    near(found.mean, mean, 1e-12, "mean");
    near(found.variances, variances, 1e-10, "variances");
    near(found.shares, shares, 1e-10, "shares");
    axes.forEach((axis, k) => near(found.axes[k], axis, 1e-8, `axis ${k}`));
  });
}

test("pixels have as many components as are wanted, each an eigenvector of unit length", () => {
  const { images } = mnist("t10k", 120);
  const { axes, variances, mean } = findComponents(images, 784, 3);
  const along = axes.map((axis) => Array.from({ length: 120 }, (_, n) =>
    axis.reduce((sum, value, i) => sum + value * (images[784 * n + i] - mean[i]), 0)));
  axes.forEach((axis, k) => {
    near([along[k].reduce((sum, value) => sum + value ** 2, 0) / 119], [variances[k]], 1e-9);
    axes.forEach((other, j) => {
      const product = axis.reduce((sum, value, i) => sum + value * other[i], 0);
      assert.ok(Math.abs(product - (j === k ? 1 : 0)) < 1e-9);
    });
  });
  assert.ok(variances[0] > variances[1] && variances[1] > variances[2]);
  near(project({ axes, mean }, images.subarray(784, 1568)), along.map((values) => values[1]), 1e-12);
});

test("vectors that are all equal have no direction", () => {
  assert.deepEqual(findComponents(new Float64Array(40).fill(3), 4).shares, [0, 0]);
});

test("a small symmetric matrix is solved exactly", () => {
  const { values, vectors } = solveSymmetric(Float64Array.of(2, 1, 0, 1, 2, 0, 0, 0, 5), 3);
  near(values, [5, 3, 1], 1e-14);
  near(vectors[1].map(Math.abs), [Math.SQRT1_2, Math.SQRT1_2, 0], 1e-14);
});
