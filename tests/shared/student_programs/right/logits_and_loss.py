import numpy as np


def forward(x, w1, b1, w2, b2):
    z1 = x @ w1 + b1
    a1 = np.where(z1 > 0, z1, 0.01 * z1)
    logits = a1 @ w2 + b2
    return z1, a1, logits


def loss(logits, y):
    shifted = logits - logits.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(y)), y].mean()


def backward(x, y, z1, a1, logits, w2):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    dw2, db2 = a1.T @ p, p.sum(axis=0)
    dz1 = (p @ w2.T) * np.where(z1 > 0, 1, 0.01)
    return {"w1": x.T @ dz1, "b1": dz1.sum(axis=0), "w2": dw2, "b2": db2}
