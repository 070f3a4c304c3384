"""Which setting is at fault where a training runs into infinities."""

from typing import Any

import pytest

from mnist_nn import Network, TrainingConfig, load_data, train
from mnist_nn.errors import DivergedError
from mnist_nn.training.divergence import explain_divergence

FEW = load_data("mnist").train.take(range(300))


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (
            {"l2": 1e30},
            r"l2 1e\+30 is so strong that weights grow instead of shrinking; try a smaller value, such as 1e-4",
        ),
        ({"l2": 1e30, "optimizer": "adam"}, r"l2 1e\+30 is so strong"),
        ({"l2": 1e30, "optimizer": "adamw"}, r"l2 1e\+30 is so strong"),
        ({"epsilon": 1e-300, "optimizer": "adam"}, "epsilon 1e-300 rounds to 0 in float32.*; try 1e-8"),
        ({"epsilon": 1e-300, "optimizer": "adamw"}, "epsilon 1e-300 rounds to 0 in float32.*; try 1e-8"),
        ({"learning_rate": 1e38}, r"try a smaller learning rate than 1e\+38"),
        ({"learning_rate": 1e38, "l2": 1e-40}, r"try a smaller learning rate than 1e\+38"),
    ],
)
def test_the_setting_at_fault_is_named_and_no_other(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(DivergedError, match=why) as caught:
        list(train(Network.create(), FEW, TrainingConfig(epochs=3, **settings), engine="reference"))
    assert ("smaller learning rate" in str(caught.value)) == ("rate" in why)


def test_in_float64_the_same_epsilon_is_a_number() -> None:
    config = TrainingConfig(optimizer="adam", epsilon=1e-300)
    assert "smaller learning rate than 0.1" in str(explain_divergence(config, 0.1, "float64", "epoch 1"))
