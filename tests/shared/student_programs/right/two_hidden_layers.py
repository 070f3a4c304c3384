import numpy as np


def init_params(layer_dims):
    return [(np.random.randn(n, m) * 0.1, np.zeros(n)) for m, n in zip(layer_dims, layer_dims[1:])]


def forward(params, X):
    acts = [X]
    for W, b in params:
        acts.append(1 / (1 + np.exp(-(acts[-1] @ W.T + b))))
    return acts


def backward(params, acts, Y):
    n = len(Y)
    delta = acts[-1] - Y
    grads = []
    for i in reversed(range(len(params))):
        grads.insert(0, (delta.T @ acts[i] / n, delta.mean(axis=0)))
        if i > 0:
            delta = (delta @ params[i][0]) * acts[i] * (1 - acts[i])
    return grads
