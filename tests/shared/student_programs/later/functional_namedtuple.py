from typing import NamedTuple

import numpy as np


class Layer(NamedTuple):
    weight: np.ndarray
    bias: np.ndarray


def sigmoid(t):
    return np.reciprocal(1 + np.exp(-t))


def predict(x, W1, b1, W2, b2):
    hidden, output = Layer(W1, b1), Layer(W2, b2)
    return sigmoid(output.weight @ sigmoid(hidden.weight @ x + hidden.bias) + output.bias)


def gradients(x, y, W1, b1, W2, b2):
    hidden, output = Layer(W1, b1), Layer(W2, b2)
    h = sigmoid(hidden.weight @ x + hidden.bias)
    o = sigmoid(output.weight @ h + output.bias)
    err = 2 * (o - y)
    g_out = Layer(np.einsum("ib,jb->ij", err, h) / x.shape[1], err.mean(axis=1, keepdims=True))
    back = np.einsum("ij,ib->jb", output.weight, err) * h * (1 - h)
    g_hid = Layer(np.einsum("ib,jb->ij", back, x) / x.shape[1], back.mean(axis=1, keepdims=True))
    return g_hid, g_out
