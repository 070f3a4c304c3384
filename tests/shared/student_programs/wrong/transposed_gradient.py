import numpy as np


def forward(X, w1, b1, w2, b2):
    a1 = 1 / (1 + np.exp(-(X @ w1 + b1)))
    a2 = 1 / (1 + np.exp(-(a1 @ w2 + b2)))
    return a1, a2


def compute_gradients(X, y, a1, a2, w2):
    n = X.shape[0]
    delta2 = a2 - y
    delta1 = delta2 @ w2.T * a1 * (1 - a1)
    grad_w2 = delta2.T @ a1 / n
    grad_w1 = X.T @ delta1 / n
    return {"w1": grad_w1, "b1": delta1.mean(axis=0), "w2": grad_w2, "b2": delta2.mean(axis=0)}
