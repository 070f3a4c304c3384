from collections.abc import Callable
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from schema_checks import check

from mnist_nn.cli.commands.calibrate import ERRORS
from mnist_nn.cli.documents import schema_of
from mnist_nn.cli.documents.calibrate import CalibrateDocument, LabelledPictures, OperatingPoint
from mnist_nn.util.documents import plain

Cli = Callable[..., Any]
SMALL = ("--output", "softmax", "--loss", "cross_entropy", "--subset", "9000", "--validation", "0.3", "--epochs", "4")


def test_calibrate_prints_what_its_schema_says(cli: Cli) -> None:
    assert cli("train", *SMALL, "--engine", "reference", "--quiet", "--model", "m").code == 0
    document = cli("calibrate", "m", "--json").json
    counts = {"pictures": 9, "answers": 8, "right": 7, "unit": "writer", "units": 4, "tested": 3}
    labelled = plain(
        CalibrateDocument.model_validate(document | {"labelled": LabelledPictures(**counts)}, strict=False)
    )
    check("calibrate", document, labelled)


def test_every_limit_is_there() -> None:
    names = schema_of("calibrate")["properties"]["max_error"]["propertyNames"]["enum"]
    assert names == list(map(str, ERRORS))
    values = {"model": "m", "held_out": 1, "temperature": 1.0, "level": 0.05, "least_error": 0.1, "labelled": None}
    with pytest.raises(ValidationError):
        CalibrateDocument.model_validate({**values, "max_error": {"0.002": None}})
    assert get_args(CalibrateDocument.model_fields["max_error"].annotation)[1] == OperatingPoint | None
