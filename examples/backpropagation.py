"""Backpropagation in NumPy, equation by equation: at least 90 % of the test images must be classified correctly.

The library only provides the pictures. Run it with: python examples/backpropagation.py
"""

import sys

import numpy as np

from mnist_nn import load_data

GOAL = 0.90
ETA = 0.1  # the size of the steps

data = load_data("mnist")
rng = np.random.default_rng(1)
W_ih, b_ih = rng.normal(0, 784**-0.5, (20, 784)), np.zeros(20)
W_ho, b_ho = rng.normal(0, 20**-0.5, (10, 20)), np.zeros(10)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Squash every number into the range from 0 to 1."""
    return 1 / (1 + np.exp(-z))


for image, label in zip(data.train.images, data.train.labels, strict=True):
    x, l = image.reshape(784) / 255, np.eye(10)[label]
    h = sigmoid(W_ih @ x + b_ih)  # forward
    o = sigmoid(W_ho @ h + b_ho)
    delta_o = o - l  # backward
    delta_h = (W_ho.T @ delta_o) * h * (1 - h)
    W_ho -= ETA * np.outer(delta_o, h)  # the updates
    b_ho -= ETA * delta_o
    W_ih -= ETA * np.outer(delta_h, x)
    b_ih -= ETA * delta_h

x = data.test.images.reshape(-1, 784) / 255
o = sigmoid(sigmoid(x @ W_ih.T + b_ih) @ W_ho.T + b_ho)
right = (o.argmax(axis=1) == data.test.labels).mean()
print(f"{right:.2%} of the test images are right after one epoch; the goal is {GOAL:.0%}")
sys.exit(bool(right < GOAL))
