from collections.abc import Callable
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from schema_checks import check

from mnist_nn.cli.commands.calibrate import ERRORS
from mnist_nn.cli.documents import schema_of
from mnist_nn.cli.documents.calibrate import CalibrateDocument, OperatingPoint

Cli = Callable[..., Any]
SMALL = ("--output", "softmax", "--loss", "cross_entropy", "--subset", "4000", "--validation", "0.2", "--epochs", "3")


def test_calibrate_prints_what_its_schema_says(cli: Cli) -> None:
    assert cli("train", *SMALL, "--engine", "reference", "--quiet", "--model", "m").code == 0
    check("calibrate", cli("calibrate", "m", "--json").json)


def test_every_limit_is_there() -> None:
    names = schema_of("calibrate")["properties"]["max_error"]["propertyNames"]["enum"]
    assert names == list(map(str, ERRORS))
    values = {"model": "m", "held_out": 1, "temperature": 1.0, "least_error": 0.1}
    with pytest.raises(ValidationError):
        CalibrateDocument.model_validate({**values, "max_error": {"0.002": None}})
    assert get_args(CalibrateDocument.model_fields["max_error"].annotation)[1] == OperatingPoint | None
