"""What is laid out for a program comes back as it was."""

import numpy as np
import pytest

from mnist_nn.evaluation.student.layouts import Layout, arrange, flatten, layouts, numeric
from mnist_nn.evaluation.student.quantities import Case, Quantity, draw_case, first_sample, right_numbers
from mnist_nn.nn.config import NetworkConfig


@pytest.fixture
def case() -> Case:
    return draw_case(NetworkConfig(inputs=9, hidden=(6,), outputs=5), "classic_mse", 4, 0)


def test_every_layout_is_undone(case: Case) -> None:
    for layout in layouts(parameters=True, containers=False):
        one = case if layout.batched else first_sample(case)
        for quantity, value in right_numbers(one).items():
            if quantity.kind != "L":
                back = arrange(np.asarray(layout.present(quantity, value)), quantity, one, layout.weights)
                np.testing.assert_array_equal(back, value, err_msg=f"{quantity} {layout}")


def test_labels_are_one_hot_or_integers(case: Case) -> None:
    assert Layout("columns").label(case.l).shape == (5, 4)
    assert Layout("rows", labels="integers").label(case.l).shape == (4,)
    assert isinstance(Layout("flat", labels="integers").label(case.l[:1]), int)


def test_another_shape_is_nothing(case: Case) -> None:
    assert arrange(np.zeros((6, 6)), Quantity("W", 1), case, "out,in") is None
    assert arrange(np.zeros(7), Quantity("delta", 1), case, "out,in") is None
    assert arrange(np.zeros((9, 6)), Quantity("dW", 1), case, "out,in") is not None  # a gradient may be transposed
    assert arrange(np.asarray(2.0), Quantity("db", 1), case, "out,in").tolist() == [2.0] * 6  # type: ignore[union-attr]


def test_arrays_are_found_in_whatever_is_returned() -> None:
    found = list(flatten({"dW": [np.ones(2), [[1.0, 2.0]]], "note": "text", "loss": 3, "none": None, "flag": True}))
    assert [(name, value.shape) for name, value in found] == [("dW", (2,)), ("dW", (1, 2)), ("loss", ())]
    assert numeric([[1, 2], [3]]) is None
