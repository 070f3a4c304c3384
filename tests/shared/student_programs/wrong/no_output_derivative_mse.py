import numpy as np


class Network:
    def __init__(self, sizes):
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = 1 / (1 + np.exp(-(w @ a + b)))
        return a

    def update_mini_batch(self, xs, ys, eta):
        n = xs.shape[1]
        acts = [xs]
        for b, w in zip(self.biases, self.weights):
            acts.append(1 / (1 + np.exp(-(w @ acts[-1] + b))))
        delta = acts[-1] - ys
        for i in (1, 0):
            nw, nb = delta @ acts[i].T / n, delta.mean(axis=1, keepdims=True)
            delta = (self.weights[i].T @ delta) * acts[i] * (1 - acts[i])
            self.weights[i] -= eta * nw
            self.biases[i] -= eta * nb
