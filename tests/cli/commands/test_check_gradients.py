from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


def test_check_gradients_finds_the_loss_that_the_classic_rule_descends(cli: Cli) -> None:
    outcome = cli("check-gradients")
    assert outcome.code == 0
    assert "Loss printed: mean squared error. Loss descended: summed binary cross-entropy." in outcome.out
    document = cli("check-gradients", "--loss", "mse", "--hidden", "9,7", "--activation", "tanh", "--json").json
    assert document["passed"]
    assert document["descends"] == "mean squared error"
    assert [group["name"] for group in document["groups"]] == ["W1", "b1", "W2", "b2", "W3", "b3"]


def test_check_gradients_of_lines_proves_ctc(cli: Cli) -> None:
    document = cli("check-gradients", "--lines", "--hidden", "6", "--samples", "3", "--probes", "4", "--json").json
    assert document["passed"]
    assert document["descends"] == "connectionist temporal classification"
    assert [group["name"] for group in document["groups"]] == ["z", "W1", "b1", "W2", "b2"]


@pytest.mark.parametrize("option", [("--loss", "mse"), ("--output", "sigmoid"), ("--dropout", "0.5")])
def test_what_lines_decide_is_not_to_be_given_beside_them(cli: Cli, option: tuple[str, str]) -> None:
    outcome = cli("check-gradients", "--lines", *option)
    assert outcome.code == 2
    assert f"{option[0][2:]} has no effect with --lines" in outcome.err
