import numpy as np


def relu(x):
    return x * (x > 0)


def train_step(xb, yb, W1, b1, W2, b2, lr):
    h = relu(xb @ W1 + b1)
    s = h @ W2 + b2
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    g = p.copy()
    for i, label in enumerate(yb):
        g[i, label] -= 1
    gh = g @ W2.T * (h > 0)
    W2 -= lr * h.T @ g
    W1 -= lr * xb.T @ gh
