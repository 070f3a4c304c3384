import numpy as np


class NeuralNet:
    def __init__(self, input_dim, hidden_dim, output_dim):
        self.w1 = np.random.normal(0, 1, (input_dim, hidden_dim))
        self.b1 = np.random.normal(0, 1, hidden_dim)
        self.w2 = np.random.normal(0, 1, (hidden_dim, output_dim))
        self.b2 = np.random.normal(0, 1, output_dim)

    def forward(self, x):
        self.x = x
        self.h = 1 / (1 + np.exp(-(x @ self.w1 + self.b1)))
        self.out = 1 / (1 + np.exp(-(self.h @ self.w2 + self.b2)))
        return self.out

    def backward(self, y, lr=0.01):
        d_out = self.out - y
        d_h = d_out @ self.w2.T * self.h * (1 - self.h)
        self.w2 = self.w2 - lr * self.h.T @ d_out
        self.b2 = self.b2 - lr * d_out.sum(axis=0)
        self.w1 = self.w1 - lr * self.x.T @ d_h
        self.b1 = self.b1 - lr * d_h.sum(axis=0)
