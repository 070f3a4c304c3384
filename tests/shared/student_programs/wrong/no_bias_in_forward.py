import numpy as np


def sig(a):
    return 1 / (1 + np.exp(-a))


def forward(params, x):
    """The hidden layer, then the outputs."""
    z1 = np.dot(params["W1"], x)
    a1 = sig(z1)
    z2 = np.dot(params["W2"], a1) + params["b2"]
    a2 = sig(z2)
    return {"z1": z1, "a1": a1, "z2": z2, "a2": a2}


def backward(params, cache, x, y):
    m = x.shape[1]
    d2 = cache["a2"] - y
    d1 = np.dot(params["W2"].T, d2) * cache["a1"] * (1 - cache["a1"])
    return {
        "W1": np.dot(d1, x.T) / m,
        "b1": d1.mean(axis=1, keepdims=True),
        "W2": np.dot(d2, cache["a1"].T) / m,
        "b2": d2.mean(axis=1, keepdims=True),
    }
