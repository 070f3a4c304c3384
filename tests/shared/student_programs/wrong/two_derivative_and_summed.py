import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def dsigmoid(z):
    return sigmoid(z) * (1 - sigmoid(z))


def forward(x, Ws, bs):
    acts = [x]
    for W, b in zip(Ws, bs):
        acts.append(sigmoid(W @ acts[-1] + b))
    return acts


def backward(y, Ws, activations):
    delta = activations[-1] - y
    dWs, dbs = [], []
    for l in range(len(Ws) - 1, -1, -1):
        dWs.insert(0, delta @ activations[l].T)
        dbs.insert(0, delta.sum(axis=1, keepdims=True))
        delta = Ws[l].T @ delta * dsigmoid(activations[l])
    return dWs, dbs
