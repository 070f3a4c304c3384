import numpy as np


def sigmoid(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def forward(x, W0, b0, W1, b1):
    z0 = W0 @ x + b0
    l1 = sigmoid(z0)
    z1 = W1 @ l1 + b1
    l2 = sigmoid(z1)
    return z0, l1, z1, l2


def backward(x, y, z1, a1, a2, W1):
    m = x.shape[1]
    l2_delta = a2 - y
    l1_delta = W1.T @ l2_delta * sigmoid(z1, deriv=True)
    return (
        l1_delta @ x.T / m,
        l1_delta.mean(axis=1, keepdims=True),
        l2_delta @ a1.T / m,
        l2_delta.mean(axis=1, keepdims=True),
    )
