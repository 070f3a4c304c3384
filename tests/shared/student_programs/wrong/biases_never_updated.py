import numpy as np


class Net:
    def __init__(self, inputs, hiddens, outputs):
        self.weights_ih = np.random.rand(hiddens, inputs) - 0.5
        self.weights_ho = np.random.rand(outputs, hiddens) - 0.5
        self.bias_h = np.random.rand(hiddens, 1) - 0.5
        self.bias_o = np.random.rand(outputs, 1) - 0.5
        self.learning_rate = 0.1

    def feedforward(self, input_array):
        self.hidden = self.sigmoid(self.weights_ih @ input_array + self.bias_h)
        return self.sigmoid(self.weights_ho @ self.hidden + self.bias_o)

    @staticmethod
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def train(self, input_array, target_array):
        output = self.feedforward(input_array)
        error = target_array - output
        hidden_error = (self.weights_ho.T @ error) * self.hidden * (1 - self.hidden)
        self.weights_ho += self.learning_rate * error @ self.hidden.T / input_array.shape[1]
        self.weights_ih += self.learning_rate * hidden_error @ input_array.T / input_array.shape[1]
