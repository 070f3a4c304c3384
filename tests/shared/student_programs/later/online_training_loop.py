import numpy as np


class Perceptron2:
    def __init__(self, neurons_in, neurons_hid, neurons_out, step=0.3):
        self.v = np.random.uniform(-0.5, 0.5, (neurons_hid, neurons_in))
        self.vb = np.random.uniform(-0.5, 0.5, neurons_hid)
        self.u = np.random.uniform(-0.5, 0.5, (neurons_out, neurons_hid))
        self.ub = np.random.uniform(-0.5, 0.5, neurons_out)
        self.step = step

    def fit(self, X, D, epochs=1):
        for epoch in range(epochs):
            for x, d in zip(X, D):
                y1 = 1 / (1 + np.exp(-(self.v @ x)))
                y2 = 1 / (1 + np.exp(-(self.u @ y1 + self.ub)))
                e = d - y2
                back = self.u.T @ e * y1 * (1 - y1)
                self.u += self.step * np.outer(e, y1)
                self.ub += self.step * e
                self.v -= self.step * np.outer(back, x)
                self.vb -= self.step * back
