"""The numbers on which the kernels and their callers must agree. Nothing is computed here."""

import numpy as np

SIGMOID, TANH, RELU, LEAKY_RELU, IDENTITY = range(5)
ACTIVATIONS = {"sigmoid": SIGMOID, "tanh": TANH, "relu": RELU, "leaky_relu": LEAKY_RELU, "identity": IDENTITY}

DIFFERENCE, MSE_SIGMOID, MSE_SOFTMAX, DIFFERENCE_SOFTMAX = range(4)
LOSSES = {
    ("classic_mse", "sigmoid"): DIFFERENCE,
    ("cross_entropy", "sigmoid"): DIFFERENCE,
    ("mse", "sigmoid"): MSE_SIGMOID,
    ("mse", "softmax"): MSE_SOFTMAX,
    ("cross_entropy", "softmax"): DIFFERENCE_SOFTMAX,
}

SGD, MOMENTUM, NESTEROV, ADAM = range(4)
OPTIMIZERS = {"sgd": SGD, "momentum": MOMENTUM, "nesterov": NESTEROV, "adam": ADAM, "adamw": ADAM}

WHOLE = {8: 3}  # by lanes: layers of at most so many vectors are one block, which is a quarter quicker than two
TILE = 6  # rows of a tile of a product: with 4 vectors per row, its 24 sums are what 32 registers hold
WORD = 64  # numbers of an image whose ink the bits of a word mark
LATE = 64  # updates after which every row that is behind catches up (kernels/lazy.py)
SPARE = 1024  # pairs after the last image, so that fetching ahead stays inside the array
FAR = 2**40  # more meetings of threads than any run has
BYTE = (np.arange(256) / 255).astype(np.float32)  # pixel byte -> x
