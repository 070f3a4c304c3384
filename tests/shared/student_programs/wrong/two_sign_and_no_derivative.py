import numpy as np


class Net:
    def __init__(self, num_inputs, num_hidden, num_outputs):
        self.hidden_weights = np.random.randn(num_hidden, num_inputs)
        self.hidden_bias = np.random.randn(num_hidden, 1)
        self.output_weights = np.random.randn(num_outputs, num_hidden)
        self.output_bias = np.random.randn(num_outputs, 1)

    def forward(self, x):
        self.h = 1 / (1 + np.exp(-(self.hidden_weights @ x + self.hidden_bias)))
        self.o = 1 / (1 + np.exp(-(self.output_weights @ self.h + self.output_bias)))
        return self.o

    def backward(self, x, t):
        self.output_delta = t - self.o
        self.hidden_delta = self.output_weights.T @ self.output_delta
        m = x.shape[1]
        self.output_weights -= self.output_delta @ self.h.T / m
        self.output_bias -= self.output_delta.mean(axis=1, keepdims=True)
        self.hidden_weights -= self.hidden_delta @ x.T / m
        self.hidden_bias -= self.hidden_delta.mean(axis=1, keepdims=True)
