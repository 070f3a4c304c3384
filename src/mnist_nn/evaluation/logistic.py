"""Logistic regression by Newton's method, for the scores in a calibration.

It is meant for few features and thousands of rows: each step solves one small system. It does not know what is scored.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.nn.activations import sigmoid

Array = npt.NDArray[Any]
STEPS = 25  # Newton's method has converged after some ten
LEAST_SPREAD = 1e-6  # of a feature: one that never varies gets no say instead of a division by zero
LEAST_CURVATURE = 1e-6  # of a row: where all are sure, the system stays solvable


def fit_logistic(
    features: Array, truth: Array, penalty: float, shares: Array | None = None
) -> tuple[npt.NDArray[np.float64], float]:
    """Fit weights and a bias so that sigmoid(features · weights + bias) is the probability of truth.

    Parameters
    ----------
    features
        Shape (n, features).
    truth
        Shape (n,): 1 for true, 0 for false.
    penalty
        Ridge penalty on the weights of the features, scaled to a standard deviation of one; the bias has no penalty.
    shares
        Shape (n,): the weight of each row; None for equal weights.

    Returns
    -------
    The weights, float64 of shape (features,), and the bias.

    Examples
    --------
    If the feature is 1, three of four are true; if it is 0, one of four is true:

    >>> weights, bias = fit_logistic(np.repeat([[1.0], [0.0]], 4, axis=0), np.array([1, 1, 1, 0, 1, 0, 0, 0]), 1e-9)
    >>> sigmoid(np.array([1.0, 0.0]) * weights + bias).round(3).tolist()
    [0.75, 0.25]
    """
    mean, spread = features.mean(axis=0), np.maximum(features.std(axis=0), LEAST_SPREAD)
    x = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    share = np.ones(len(features)) if shares is None else shares
    ridge = np.diag([penalty] * features.shape[1] + [1e-9])
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = sigmoid(x @ w)
        gradient = x.T @ (share * (p - truth)) + ridge @ w
        curvature = (x * (share * np.maximum(p * (1 - p), LEAST_CURVATURE))[:, None]).T @ x + ridge
        w -= np.linalg.solve(curvature, gradient)
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)
