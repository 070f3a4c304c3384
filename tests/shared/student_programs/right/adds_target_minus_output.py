import numpy as np


def train_step(x, t, W_ih, b_ih, W_ho, b_ho, eta):
    """One picture, columns; the error is target minus output, so the step is added."""
    h = 1 / (1 + np.exp(-(W_ih @ x + b_ih)))
    o = 1 / (1 + np.exp(-(W_ho @ h + b_ho)))
    err_o = t - o
    err_h = W_ho.T @ err_o * h * (1 - h)
    W_ho += eta * err_o @ h.T
    b_ho += eta * err_o
    W_ih += eta * err_h @ x.T
    b_ih += eta * err_h
