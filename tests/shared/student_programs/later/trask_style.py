import numpy as np


def nonlin(x, deriv=False):
    if deriv == True:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def train_step(X, y, syn0, b0, syn1, b1):
    l0 = X
    l1 = nonlin(np.dot(l0, syn0) + b0)
    l2 = nonlin(np.dot(l1, syn1) + b1)
    l2_error = y - l2
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_error.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    syn1 += l1.T.dot(l2_delta)
    b1 += l2_delta.sum(axis=0)
    syn0 += l0.T.dot(l1_delta)
    b0 += l1_delta.sum(axis=0)
