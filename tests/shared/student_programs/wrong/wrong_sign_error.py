import numpy as np


class NN:
    def __init__(self, i, h, o):
        self.wh = np.random.uniform(size=(i, h))
        self.bh = np.random.uniform(size=(1, h))
        self.wout = np.random.uniform(size=(h, o))
        self.bout = np.random.uniform(size=(1, o))

    def forward(self, X):
        self.hidden = 1 / (1 + np.exp(-(np.dot(X, self.wh) + self.bh)))
        self.output = 1 / (1 + np.exp(-(np.dot(self.hidden, self.wout) + self.bout)))
        return self.output

    def backward(self, X, y, lr):
        E = (y - self.output) / len(X)
        d_hidden = E.dot(self.wout.T) * self.hidden * (1 - self.hidden)
        self.wout -= self.hidden.T.dot(E) * lr
        self.bout -= np.sum(E, axis=0, keepdims=True) * lr
        self.wh -= X.T.dot(d_hidden) * lr
        self.bh -= np.sum(d_hidden, axis=0, keepdims=True) * lr
