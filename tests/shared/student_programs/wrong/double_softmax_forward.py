import numpy as np


def softmax(v):
    return np.exp(v) / np.exp(v).sum()


def forward(x, weights, biases):
    h = 1 / (1 + np.exp(-(weights[0] @ x + biases[0])))
    scores = softmax(weights[1] @ h + biases[1])
    return h, softmax(scores)


def backprop(x, y, weights, h, o):
    delta_o = o - y
    delta_h = weights[1].T @ delta_o * h * (1 - h)
    return [np.outer(delta_h, x), np.outer(delta_o, h)], [delta_h, delta_o]
