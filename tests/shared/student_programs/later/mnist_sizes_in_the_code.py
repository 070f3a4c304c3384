import numpy as np

LEARNING_RATE = 0.05


class DigitNet:
    def __init__(self):
        self.W1 = np.random.randn(784, 64) * np.sqrt(2.0 / 784)
        self.b1 = np.zeros(64)
        self.W2 = np.random.randn(64, 10) * np.sqrt(2.0 / 64)
        self.b2 = np.zeros(10)

    def forward(self, images):
        self.X = images.reshape(-1, 784)
        self.Z1 = np.matmul(self.X, self.W1) + self.b1
        self.A1 = np.where(self.Z1 > 0, self.Z1, 0)
        self.Z2 = np.matmul(self.A1, self.W2) + self.b2
        exps = np.exp(self.Z2 - self.Z2.max(axis=1)[:, None])
        self.probs = exps / exps.sum(axis=1)[:, None]
        return self.probs

    def backprop(self, labels):
        n = labels.shape[0]
        d2 = self.probs
        d2[range(n), labels] -= 1
        d2 = d2 / n
        dW2 = self.A1.T @ d2
        db2 = d2.sum(axis=0)
        d1 = d2 @ self.W2.T
        dW1 = self.X.T @ d1
        db1 = d1.sum(axis=0)
        self.W2 -= LEARNING_RATE * dW2
        self.b2 -= LEARNING_RATE * db2
        self.W1 -= LEARNING_RATE * dW1
        self.b1 -= LEARNING_RATE * db1
