import numpy as np


class Perceptron:
    def __init__(self, layers, eta=0.1):
        self.W = [np.random.randn(a, b) / np.sqrt(a) for a, b in zip(layers[:-1], layers[1:])]
        self.B = [np.zeros(b) for b in layers[1:]]
        self.eta = eta

    def feed_forward(self, x):
        self.acts = [x]
        for i, (w, b) in enumerate(zip(self.W, self.B)):
            s = self.acts[-1] @ w + b
            if i < len(self.W) - 1:
                self.acts.append(np.tanh(s))
            else:
                e = np.exp(s)
                self.acts.append(e / e.sum(axis=1, keepdims=True))
        return self.acts[-1]

    def back_prop(self, y):
        d = (self.acts[-1] - y) / y.shape[0]
        for i in range(len(self.W) - 1, -1, -1):
            gw, gb = self.acts[i].T @ d, d.sum(axis=0)
            d = d @ self.W[i].T
            self.W[i] -= self.eta * gw
            self.B[i] -= self.eta * gb
