import numpy as np


def step(x, l, W_ih, b_ih, W_ho, b_ho, eta):
    z_h = W_ih @ x + b_ih
    h = 1 / (1 + np.exp(-z_h))
    z_o = W_ho @ h + b_ho
    o = 1 / (1 + np.exp(-z_o))
    delta_o = o - l
    delta_h = (W_ho.T @ delta_o) * (h * (1 - h))
    W_ih = W_ih + eta * np.outer(delta_h, x)
    b_ih = b_ih + eta * delta_h
    W_ho = W_ho - eta * np.outer(delta_o, h)
    b_ho = b_ho - eta * delta_o
    return W_ih, b_ih, W_ho, b_ho


train_step = step
