import numpy as np


def f(z):
    return 1.0 / (1.0 + np.exp(-z))


def learn(image, target, W_ih, b_ih, W_ho, b_ho, learning_rate):
    """Mean squared error of the ten outputs."""
    h = f(W_ih.dot(image) + b_ih)
    o = f(W_ho.dot(h) + b_ho)
    delta_o = 2 * (o - target) * o * (1 - o)
    delta_h = W_ho.T.dot(delta_o) * h * (1 - h)
    W_ho -= learning_rate * np.outer(delta_o, h)
    b_ho -= learning_rate * delta_o
    W_ih -= learning_rate * np.outer(delta_h, image)
    b_ih -= learning_rate * delta_h
