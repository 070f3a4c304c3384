import numpy as np


def forward(X, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    H = np.maximum(0, Z1)
    S = H @ W2 + b2
    E = np.exp(S - S.max(1, keepdims=True))
    return Z1, H, S, E / E.sum(1, keepdims=True)


def backward(X, Y, Z1, H, P, W2):
    N = X.shape[0]
    dS = (P - Y) / N
    dW2 = Z1.T @ dS
    dH = dS @ W2.T
    dZ1 = dH * (H > 0)
    return X.T @ dZ1, dZ1.sum(0), dW2, dS.sum(0)
