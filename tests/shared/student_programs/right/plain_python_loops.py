import math
import random


class MLP:
    def __init__(self, n_in, n_hidden, n_out, lr=0.5):
        self.n_in, self.n_hidden, self.n_out, self.lr = n_in, n_hidden, n_out, lr
        self.w1 = [[random.uniform(-1, 1) for _ in range(n_in)] for _ in range(n_hidden)]
        self.b1 = [0.0 for _ in range(n_hidden)]
        self.w2 = [[random.uniform(-1, 1) for _ in range(n_hidden)] for _ in range(n_out)]
        self.b2 = [0.0 for _ in range(n_out)]

    def forward(self, x):
        self.h = []
        for j in range(self.n_hidden):
            s = self.b1[j]
            for i in range(self.n_in):
                s += self.w1[j][i] * x[i]
            self.h.append(1 / (1 + math.exp(-s)))
        self.o = []
        for k in range(self.n_out):
            s = self.b2[k]
            for j in range(self.n_hidden):
                s += self.w2[k][j] * self.h[j]
            self.o.append(1 / (1 + math.exp(-s)))
        return self.o

    def train(self, x, target):
        self.forward(x)
        delta_o = [self.o[k] - target[k] for k in range(self.n_out)]
        delta_h = []
        for j in range(self.n_hidden):
            error = 0.0
            for k in range(self.n_out):
                error += self.w2[k][j] * delta_o[k]
            delta_h.append(error * self.h[j] * (1 - self.h[j]))
        for k in range(self.n_out):
            for j in range(self.n_hidden):
                self.w2[k][j] -= self.lr * delta_o[k] * self.h[j]
            self.b2[k] -= self.lr * delta_o[k]
        for j in range(self.n_hidden):
            for i in range(self.n_in):
                self.w1[j][i] -= self.lr * delta_h[j] * x[i]
            self.b1[j] -= self.lr * delta_h[j]
