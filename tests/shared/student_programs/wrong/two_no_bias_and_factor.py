import numpy as np


def forward(params, X):
    h = np.tanh(X @ params["W1"])
    o = 1 / (1 + np.exp(-(h @ params["W2"])))
    return o, (X, h)


def backward(params, cache, o, Y):
    """Gradient of the mean squared error."""
    X, h = cache
    d2 = (o - Y) * o * (1 - o) / len(X)
    d1 = d2 @ params["W2"].T * (1 - h * h)
    return {"W1": X.T @ d1, "b1": d1.sum(0), "W2": h.T @ d2, "b2": d2.sum(0)}
