"""Functions get what their parameters are called, and what they return is noted."""

from typing import Any

import numpy as np
import pytest

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.student.binding import Parameters, Workspace
from mnist_nn.evaluation.student.layouts import Layout
from mnist_nn.evaluation.student.quantities import Quantity, draw_case
from mnist_nn.nn.config import NetworkConfig

CASE = draw_case(NetworkConfig(inputs=9, hidden=(6,), outputs=5), "classic_mse", 4, 0)


@pytest.fixture
def work() -> Workspace:
    return Workspace(CASE, Layout())


def test_arguments_follow_names(work: Workspace) -> None:
    def step(images: Any, labels: Any, hidden_weights: Any, lr: float, weights: Any, verbose: bool = True) -> None:
        assert images.shape == (4, 9)
        assert labels.shape == (4, 5)
        assert hidden_weights is weights[0]
        assert lr == CASE.eta
        assert not verbose

    work.call("backward", step)
    assert work.evidence == []


def test_what_a_function_returns_goes_to_the_next(work: Workspace) -> None:
    work.call("forward", lambda x: (x @ CASE.W[0].T * 0, x @ CASE.W[0].T * 0 + 1, np.ones((4, 5))))
    work.call("backward", lambda a1, o: np.testing.assert_array_equal(a1[:, :5], o))
    assert [one.candidates[0] for one in work.evidence] == [Quantity("z", 1), Quantity("a", 1), Quantity("a", 2)]


def test_a_name_that_nobody_knows_is_an_error_that_helps(work: Workspace) -> None:
    with pytest.raises(
        ConfigError, match=r"the parameter 'spam' of step is; say what it is, as in meant=\{'spam': 'W1'\}"
    ):
        work.call("backward", lambda_named_step)
    work.meant = {"spam": "W1"}
    work.call("backward", lambda_named_step)


def lambda_named_step(spam: Any) -> None:
    assert spam.shape == (6, 9)


lambda_named_step.__name__ = "step"


def test_a_dictionary_understands_other_keys() -> None:
    parameters = Parameters({"W1": np.ones(1), "b1": np.zeros(1)}, 1, 1)
    assert parameters["w1"] is parameters["weights1"]
    with pytest.raises(KeyError):
        parameters["spam"]


def test_an_update_that_changes_shapes_is_refused(work: Workspace) -> None:
    with pytest.raises(ValueError, match="changes the shape"):
        work.note_parameters([CASE.W[0] + 1, CASE.W[1]], [np.zeros((6, 4)), CASE.b[1]], "it")
