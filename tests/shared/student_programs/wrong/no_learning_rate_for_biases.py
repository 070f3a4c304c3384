import numpy as np


class Mlp:
    def __init__(self, n_inputs, n_hidden, n_outputs, lr=0.2):
        self.lr = lr
        self.W1 = np.random.randn(n_hidden, n_inputs)
        self.b1 = np.zeros((n_hidden, 1))
        self.W2 = np.random.randn(n_outputs, n_hidden)
        self.b2 = np.zeros((n_outputs, 1))

    def train_step(self, x, y):
        m = x.shape[1]
        h = 1 / (1 + np.exp(-(self.W1 @ x + self.b1)))
        o = 1 / (1 + np.exp(-(self.W2 @ h + self.b2)))
        do = (o - y) / m
        dh = self.W2.T @ do * h * (1 - h)
        self.W2 -= self.lr * do @ h.T
        self.b2 -= do.sum(axis=1, keepdims=True)
        self.W1 -= self.lr * dh @ x.T
        self.b1 -= dh.sum(axis=1, keepdims=True)
