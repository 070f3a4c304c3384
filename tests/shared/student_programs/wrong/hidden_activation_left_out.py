import numpy as np


class Model:
    def __init__(self, d, h, k):
        self.theta = {"W1": np.random.randn(d, h), "b1": np.zeros((1, h)), "W2": np.random.randn(h, k), "b2": np.zeros((1, k))}

    def forward(self, X):
        z1 = X.dot(self.theta["W1"]) + self.theta["b1"]
        z2 = z1.dot(self.theta["W2"]) + self.theta["b2"]
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        self.saved = (X, z1, e / e.sum(axis=1, keepdims=True))
        return self.saved[-1]

    def backward(self, y):
        X, z1, p = self.saved
        d2 = p.copy()
        d2[range(len(y)), y] -= 1
        d2 /= len(y)
        d1 = d2.dot(self.theta["W2"].T) * (z1 > 0)
        self.grads = {"dW1": X.T.dot(d1), "db1": d1.sum(axis=0, keepdims=True), "dW2": z1.T.dot(d2), "db2": d2.sum(axis=0, keepdims=True)}

    def update(self, lr):
        for name in self.theta:
            self.theta[name] -= lr * self.grads["d" + name]
