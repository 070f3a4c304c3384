import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    return sigmoid(x) * (1 - sigmoid(x))


class NeuralNetwork:
    def __init__(self, layer_sizes):
        self.weights1 = np.random.rand(layer_sizes[0], layer_sizes[1])
        self.bias1 = np.random.rand(layer_sizes[1])
        self.weights2 = np.random.rand(layer_sizes[1], layer_sizes[2])
        self.bias2 = np.random.rand(layer_sizes[2])

    def feedforward(self, X):
        self.layer1 = sigmoid(np.dot(X, self.weights1) + self.bias1)
        self.output = sigmoid(np.dot(self.layer1, self.weights2) + self.bias2)
        return self.output

    def backprop(self, X, y):
        error = (y - self.output) / X.shape[0]
        hidden = np.dot(error, self.weights2.T) * sigmoid_derivative(self.layer1)
        self.weights2 += np.dot(self.layer1.T, error)
        self.bias2 += error.sum(axis=0)
        self.weights1 += np.dot(X.T, hidden)
        self.bias1 += hidden.sum(axis=0)
