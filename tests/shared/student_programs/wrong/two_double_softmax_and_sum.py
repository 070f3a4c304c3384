import numpy as np


class SoftmaxNet:
    def __init__(self, n_features, n_hidden, n_classes):
        self.W1 = np.random.randn(n_features, n_hidden)
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_classes)
        self.b2 = np.zeros((1, n_classes))

    def softmax(self, s):
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def forward(self, X):
        self.h = 1 / (1 + np.exp(-(X @ self.W1 + self.b1)))
        self.p = self.softmax(self.h @ self.W2 + self.b2)
        return self.p

    def backward(self, X, y, alpha):
        d = self.softmax(self.p) - y
        dh = d @ self.W2.T * self.h * (1 - self.h)
        self.W2 -= alpha * self.h.T @ d
        self.b2 -= alpha * d.sum(axis=0, keepdims=True)
        self.W1 -= alpha * X.T @ dh
        self.b1 -= alpha * dh.sum(axis=0, keepdims=True)
