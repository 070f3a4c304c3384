"""A report says in sentences what agrees, what differs first, and why."""

import numpy as np

from mnist_nn.evaluation.student.check import check_student
from mnist_nn.evaluation.student.report import find_zero_weights
from mnist_nn.nn.activations import sigmoid


def forward(x, W1, b1, W2, b2):
    h = sigmoid(x @ W1.T + b1)
    return h, sigmoid(h @ W2.T + b2)


def backward(x, y, h, o, W2):
    d = (y - o) / len(x)
    e = d @ W2 * h * (1 - h)
    return e.T @ x, e.sum(0), d.T @ h, d.sum(0)


def test_it_reads_as_sentences() -> None:
    lines = str(check_student(forward, backward)).splitlines()
    assert lines[0] == "These agree: h, o."
    assert lines[1].startswith("First difference: ∂L/∂W_ho[")
    assert lines[2:5] == [
        "δ_o: the sign of the error is reversed: it must be o - l for an update that subtracts (wrong_sign).",
        "    yours: δ_o = l - o",
        "    right: δ_o = o - l",
    ]


def test_weights_that_are_equal_start_as_copies() -> None:
    equal = [np.full((4, 3), 0.5), np.full((2, 4), 0.5)]
    assert find_zero_weights(equal)[0].fault == "zero_weights"
    assert find_zero_weights([equal[0], np.arange(8.0).reshape(2, 4)]) == ()
    assert find_zero_weights([]) == ()
