import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(images, w1, b1, w2, b2):
    x = images / 255
    h = sigmoid(x @ w1 + b1)
    return h, sigmoid(h @ w2 + b2)


def backward(images, labels, h, o, w2):
    x = images / 255
    d2 = (o - labels) / len(images)
    d1 = d2 @ w2.T * h * (1 - h)
    return x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
