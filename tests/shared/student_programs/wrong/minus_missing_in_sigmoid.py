import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(z))


def forward(x, W_h, b_h):
    return sigmoid(W_h @ x + b_h)


def train_one(x, y, W_h, b_h, W_o, b_o, lr):
    h = forward(x, W_h, b_h)
    o = 1 / (1 + np.exp(-(W_o @ h + b_o)))
    d_o = o - y
    d_h = (W_o.T @ d_o) * h * (1 - h)
    W_o -= lr * d_o @ h.T
    b_o -= lr * d_o
    W_h -= lr * d_h @ x.T
    b_h -= lr * d_h
