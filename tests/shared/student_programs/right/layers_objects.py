import numpy as np


class Dense:
    def __init__(self, n_inputs, n_neurons):
        self.weights = 0.1 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.weights + self.biases

    def backward(self, dvalues):
        self.dweights = self.inputs.T @ dvalues
        self.dbiases = dvalues.sum(axis=0, keepdims=True)
        return dvalues @ self.weights.T


class Tanh:
    def forward(self, inputs):
        self.output = np.tanh(inputs)
        return self.output

    def backward(self, dvalues):
        return dvalues * (1 - self.output**2)


class Model:
    def __init__(self, n_features, n_hidden, n_classes, lr=0.01):
        self.layers = [Dense(n_features, n_hidden), Tanh(), Dense(n_hidden, n_classes)]
        self.lr = lr

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        e = np.exp(X - X.max(axis=1, keepdims=True))
        self.probs = e / e.sum(axis=1, keepdims=True)
        return self.probs

    def backward(self, y):
        grad = self.probs.copy()
        grad[np.arange(len(y)), y] -= 1
        grad /= len(y)
        for layer in reversed(self.layers):
            grad = layer.backward(grad)

    def step(self):
        for layer in self.layers:
            if hasattr(layer, "weights"):
                layer.weights -= self.lr * layer.dweights
                layer.biases -= self.lr * layer.dbiases
