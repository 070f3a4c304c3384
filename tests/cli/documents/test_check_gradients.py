import math
from collections.abc import Callable
from typing import Any

import numpy as np
from schema_checks import check

from mnist_nn.cli.documents.check_gradients import check_gradients_document
from mnist_nn.evaluation.gradient_check import GradientReport, GroupCheck
from mnist_nn.util.documents import plain

Cli = Callable[..., Any]


def test_check_gradients_prints_what_its_schema_says(cli: Cli) -> None:
    check(
        "check-gradients",
        cli("check-gradients", "--json").json,
        cli("check-gradients", "--loss", "mse", "--activation", "relu", "--hidden", "9,8", "--json").json,
        cli("check-gradients", "--lines", "--hidden", "4", "--samples", "2", "--probes", "2", "--json").json,
    )


def test_derivatives_that_are_no_numbers_are_null() -> None:
    group = GroupCheck("W1", (1, 2), np.array([1]), np.array([math.inf]), np.array([0.5]), 0)
    with np.errstate(all="ignore"):
        document = plain(check_gradients_document(GradientReport("mse", "mse", (group,), {"mse": math.nan})))
    assert document["groups"][0]["analytic"] == [None]
    assert document["candidates"] == {"mse": None}
    check("check-gradients", document)
