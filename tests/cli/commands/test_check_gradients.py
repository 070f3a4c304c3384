from collections.abc import Callable
from typing import Any

Cli = Callable[..., Any]


def test_check_gradients_finds_the_loss_that_the_classic_rule_descends(cli: Cli) -> None:
    outcome = cli("check-gradients")
    assert outcome.code == 0
    assert "Printed: mean squared error. Descended: summed binary cross-entropy." in outcome.out
    document = cli("check-gradients", "--loss", "mse", "--hidden", "9,7", "--activation", "tanh", "--json").json
    assert document["passed"]
    assert document["descends"] == "mean squared error"
    assert [group["name"] for group in document["groups"]] == ["W1", "b1", "W2", "b2", "W3", "b3"]
