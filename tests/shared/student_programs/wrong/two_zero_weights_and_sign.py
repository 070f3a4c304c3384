import numpy as np


def initialize(n_in, n_hidden, n_out):
    return {"W1": np.zeros((n_in, n_hidden)), "b1": np.zeros(n_hidden), "W2": np.zeros((n_hidden, n_out)), "b2": np.zeros(n_out)}


def forward(p, x):
    p["h"] = 1 / (1 + np.exp(-(x @ p["W1"] + p["b1"])))
    return 1 / (1 + np.exp(-(p["h"] @ p["W2"] + p["b2"])))


def backward(p, x, y, o):
    d = (o - y) / len(x)
    dh = d @ p["W2"].T * p["h"] * (1 - p["h"])
    return {"W1": x.T @ dh, "b1": dh.sum(axis=0), "W2": p["h"].T @ d, "b2": d.sum(axis=0)}


def update(p, grads, lr):
    for key in grads:
        p[key] = p[key] + lr * grads[key]
    return p
