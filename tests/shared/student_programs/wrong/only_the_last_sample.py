import numpy as np


class Brain:
    def __init__(self, sizes):
        self.w = [np.random.randn(n, m) for m, n in zip(sizes, sizes[1:])]
        self.b = [np.random.randn(n) for n in sizes[1:]]

    def fit(self, X, y, lr=0.1, epochs=1):
        for _ in range(epochs):
            for x, label in zip(X, y):
                h = np.tanh(self.w[0] @ x + self.b[0])
                o = 1 / (1 + np.exp(-(self.w[1] @ h + self.b[1])))
                t = np.zeros(len(o))
                t[label] = 1
                d2 = o - t
                d1 = self.w[1].T @ d2 * (1 - h**2)
                grads = [np.outer(d1, x), np.outer(d2, h)], [d1, d2]
            for i in range(2):
                self.w[i] -= lr * grads[0][i]
                self.b[i] -= lr * grads[1][i]
