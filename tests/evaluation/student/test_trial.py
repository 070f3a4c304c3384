"""A program is judged in the layout that it is meant for, on more than one case."""

from typing import Any

import numpy as np

from mnist_nn.evaluation.student.check import check_student
from mnist_nn.evaluation.student.programs import SIZES, as_program
from mnist_nn.evaluation.student.trial import Settings, Trial
from mnist_nn.nn.activations import sigmoid


def summing(x: Any, t: Any, W1: Any, b1: Any, W2: Any, b2: Any, lr: float) -> Any:
    h = sigmoid(W1 @ x + b1)
    o = sigmoid(W2 @ h + b2)
    d = o - t
    e = W2.T @ d * h * (1 - h)
    return W1 - lr * e @ x.T, b1 - lr * e.sum(1, keepdims=True), W2 - lr * d @ h.T, b2 - lr * d.sum(1, keepdims=True)


def test_a_batch_is_summed_unless_one_sample_is_meant() -> None:
    report = check_student(summing)
    assert report.faults == ("summed",)
    assert "say samples='one'" in str(report)
    assert check_student(summing, samples="one").passed


def test_the_layout_is_found() -> None:
    trial = Trial(as_program(summing), Settings("sigmoid", "sigmoid", "classic_mse", True, 0), SIZES[0])
    found = {(layout.samples, layout.weights, layout.biases) for layout, _ in trial.seen}
    assert ("columns", "out,in", "column") in found
    assert not any(weights == "in,out" for _, weights, _ in found)
    assert np.isfinite(trial.seen[0][1].evidence[0].value).all()
