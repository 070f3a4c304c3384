"""What is said of a mistake in a command line: one line, with the help that tells more."""

from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trian",), "No such command 'trian'. Did you mean 'train'? For help, run: mnist-nn --help"),
        (("help",), "No such command 'help'. For help, run: mnist-nn --help"),
        (("data", "inof"), "No such command 'inof'. Did you mean 'info'? For help, run: mnist-nn data --help"),
        (("train", "foo"), "Got unexpected extra argument(s) (foo). For help, run: mnist-nn train --help"),
        (
            ("train", "--epoch", "3"),
            "(Possible options: --epochs, --epsilon, --teacher). For help, run: mnist-nn train --help",
        ),
        (("train", "--epochs", "three"), "--epochs is 'three'; give a whole number. For help, run: mnist-nn train"),
        (("train", "--rate", "fast"), "--rate is 'fast'; give a number. For help, run: mnist-nn train --help"),
        (("check-gradients", "--samples", "0"), "--samples is '0'; give at least 1. For help, run:"),
        (("play", "--port", "70000"), "--port is '70000'; give at most 65535. For help, run: mnist-nn play --help"),
        (("train", "--epochs"), "Option '--epochs' requires an argument. For help, run: mnist-nn train --help"),
        (("evaluate",), "Missing argument 'MODEL'. For help, run: mnist-nn evaluate --help"),
        (("read",), "Missing argument 'PATH'. For help, run: mnist-nn read --help"),
        (("verify", "m"), "Missing argument 'EXPORTED'. For help, run: mnist-nn verify --help"),
    ],
)
def test_a_mistake_is_one_line_that_says_where_to_look(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert said in outcome.err
