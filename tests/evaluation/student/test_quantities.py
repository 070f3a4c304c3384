"""The right numbers are those of the reference engine, and of finite differences."""

import numpy as np
import pytest

from mnist_nn.evaluation.student.quantities import (
    KINDS,
    Quantity,
    draw_case,
    first_sample,
    order,
    right_numbers,
    symbol,
)
from mnist_nn.nn.config import NetworkConfig

SHAPE = NetworkConfig(inputs=5, hidden=(4,), outputs=3)


@pytest.mark.parametrize(
    ("loss", "output"), [("mse", "sigmoid"), ("half_squared_error", "softmax"), ("squared_error", "sigmoid")]
)
def test_gradients_are_slopes_of_the_loss(loss: str, output: str) -> None:
    case = draw_case(NetworkConfig(inputs=5, hidden=(4,), outputs=3, output=output), loss, 4, 1)
    found = right_numbers(case)

    def moved(by: float) -> float:
        W = case.W[0].copy()
        W[2, 1] += by
        changed = type(case)(case.config, case.loss_name, (W, case.W[1]), case.b, case.x, case.l, case.eta)
        return float(right_numbers(changed)[Quantity("L", 2)].mean())

    assert found[Quantity("dW", 1)][2, 1] == pytest.approx((moved(1e-5) - moved(-1e-5)) / 2e-5, rel=1e-6)


def test_deltas_add_up_to_the_gradients_of_biases() -> None:
    found = right_numbers(draw_case(SHAPE, "classic_mse", 4, 0))
    for k in (1, 2):
        np.testing.assert_allclose(found[Quantity("delta", k)].mean(axis=0), found[Quantity("db", k)])


def test_a_case_is_drawn_once_and_has_nothing_that_hides_a_fault() -> None:
    case = draw_case(SHAPE, "classic_mse", 3, 0)
    assert case is draw_case(SHAPE, "classic_mse", 3, 0)
    assert all(b.all() for b in case.b)
    assert sorted(case.l.argmax(axis=1)) == [0, 1, 2]
    assert first_sample(case).x.shape == (1, 5)


def test_quantities_come_in_the_order_of_the_equations() -> None:
    found = sorted(right_numbers(draw_case(SHAPE, "mse", 2, 0)), key=lambda q: order(q, 2))
    names = [symbol(q, 2) for q in found if q.kind in KINDS]
    assert names[:7] == ["z_h", "h", "z_o", "o", "L", "δ_o", "δ_h"]
