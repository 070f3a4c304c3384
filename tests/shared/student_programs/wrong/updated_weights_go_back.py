import numpy as np


def sigma(z):
    return 1 / (1 + np.exp(-z))


def train_on_batch(X, T, Wh, bh, Wo, bo, rate):
    n = len(X)
    H = sigma(X @ Wh + bh)
    O = sigma(H @ Wo + bo)
    D = (O - T) / n
    Wo = Wo - rate * H.T @ D
    bo = bo - rate * D.sum(axis=0)
    E = (D @ Wo.T) * H * (1 - H)
    Wh = Wh - rate * X.T @ E
    bh = bh - rate * E.sum(axis=0)
    return Wh, bh, Wo, bo
