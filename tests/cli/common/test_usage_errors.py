"""What is said of a mistake in a command line: one line, with the help that tells more."""

from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trian",), "No such command 'trian'. Did you mean 'train'? See: mnist-nn --help"),
        (("help",), "No such command 'help'. See: mnist-nn --help"),
        (("data", "inof"), "No such command 'inof'. Did you mean 'info'? See: mnist-nn data --help"),
        (("train", "foo"), "Got unexpected extra argument(s) (foo). See: mnist-nn train --help"),
        (("train", "--epoch", "3"), "(Possible options: --epochs, --epsilon). See: mnist-nn train --help"),
        (("train", "--epochs", "three"), "--epochs is 'three'; give a whole number. See: mnist-nn train --help"),
        (("train", "--rate", "fast"), "--rate is 'fast'; give a number. See: mnist-nn train --help"),
        (("check-gradients", "--samples", "0"), "--samples is '0'; give at least 1. See:"),
        (("play", "--port", "70000"), "--port is '70000'; give at most 65535. See: mnist-nn play --help"),
        (("train", "--epochs"), "Option '--epochs' requires an argument. See: mnist-nn train --help"),
        (("evaluate",), "Missing argument 'MODEL'. See: mnist-nn evaluate --help"),
        (("read",), "Missing argument 'PATH'. See: mnist-nn read --help"),
        (("verify", "m"), "Missing argument 'EXPORTED'. See: mnist-nn verify --help"),
    ],
)
def test_a_mistake_is_one_line_that_says_where_to_look(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert said in outcome.err
