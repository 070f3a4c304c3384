import numpy as np


def sigma(v):
    return 1.0 / (1.0 + np.exp(-v))


def forward(x, weights, biases):
    h = sigma(weights[0].dot(x) + biases[0])
    o = sigma(weights[1].dot(h) + biases[1])
    return h, o


def backward(x, label, weights, h, o):
    target = np.zeros(o.shape[0])
    target[label] = 1.0
    d_o = o - target
    d_h = weights[1].T.dot(d_o) * h * (1.0 - h)
    return [np.outer(d_h, x), np.outer(d_o, h)], [d_h, d_o]
