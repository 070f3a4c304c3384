"""Unchanged, the replaceable equations are those of the reference engine."""

import numpy as np
import pytest

from mnist_nn.evaluation.student.equations import numbers
from mnist_nn.evaluation.student.quantities import SQUARED, draw_case, right_numbers
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.losses import LOSSES
from mnist_nn.nn.own import add_activation, forget

PAIRS = [*LOSSES, *((loss, output) for loss in SQUARED for output in ("sigmoid", "softmax") if loss != "mse")]


@pytest.mark.parametrize("hidden", [(), (7,), (7, 6)])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "identity"])
def test_without_a_fault_they_are_the_engines(activation: str, hidden: tuple[int, ...]) -> None:
    for seed, (loss, output) in enumerate(PAIRS):
        config = NetworkConfig(inputs=9, hidden=hidden, outputs=5, activation=activation, output=output)
        case = draw_case(config, loss, 4, seed)
        ours, right = numbers(case), right_numbers(case)
        assert ours.keys() == right.keys()
        for quantity, value in right.items():
            np.testing.assert_allclose(ours[quantity], value, rtol=1e-10, atol=1e-14, err_msg=str((quantity, loss)))


def test_an_added_activation_has_its_slope_at_z() -> None:
    add_activation("softplus", lambda z: np.log1p(np.exp(z)), lambda z: 1 / (1 + np.exp(-z)))
    try:
        config = NetworkConfig(inputs=9, hidden=(7,), outputs=5, activation="softplus", dtype="float64")
        case = draw_case(config, "classic_mse", 4, 0)
        ours, right = numbers(case), right_numbers(case)
        for quantity, value in right.items():
            np.testing.assert_allclose(ours[quantity], value, rtol=1e-10, atol=1e-14, err_msg=str(quantity))
    finally:
        forget()
