import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def train_batch(X, Y, W1, b1, W2, b2, lr):
    gW1, gb1 = np.zeros(W1.shape), np.zeros(b1.shape)
    gW2, gb2 = np.zeros(W2.shape), np.zeros(b2.shape)
    for x, y in zip(X, Y):
        x = x.reshape(-1, 1)
        y = y.reshape(-1, 1)
        h = sigmoid(np.dot(W1, x) + b1)
        o = sigmoid(np.dot(W2, h) + b2)
        d2 = o - y
        d1 = np.dot(W2.T, d2) * h * (1 - h)
        gW2 += d2 @ h.T
        gb2 += d2
        gW1 += d1 @ x.T
        gb1 += d1
    n = len(X)
    return W1 - lr * gW1 / n, b1 - lr * gb1 / n, W2 - lr * gW2 / n, b2 - lr * gb2 / n
