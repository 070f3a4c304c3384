import numpy as np


class MLP:
    def __init__(self, n_input, n_hidden, n_output):
        self.W1 = np.zeros((n_input, n_hidden))
        self.b1 = np.zeros(n_hidden)
        self.W2 = np.zeros((n_hidden, n_output))
        self.b2 = np.zeros(n_output)

    def forward(self, X):
        self.h = 1 / (1 + np.exp(-(X @ self.W1 + self.b1)))
        self.o = 1 / (1 + np.exp(-(self.h @ self.W2 + self.b2)))
        return self.o

    def backward(self, X, Y, lr=0.1):
        N = X.shape[0]
        d_o = (self.o - Y) / N
        d_h = (d_o @ self.W2.T) * self.h * (1 - self.h)
        self.W2 -= lr * self.h.T @ d_o
        self.b2 -= lr * np.sum(d_o, axis=0)
        self.W1 -= lr * X.T @ d_h
        self.b1 -= lr * np.sum(d_h, axis=0)
