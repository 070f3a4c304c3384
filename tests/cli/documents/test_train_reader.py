from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from schema_checks import all_fields, visited

from mnist_nn.cli.documents import schema_of
from mnist_nn.cli.documents.calibrate import CalibrateDocument
from mnist_nn.cli.documents.train_reader import TrainReaderDocument

Cli = Callable[..., Any]


def test_a_reader_is_described_as_any_calibrated_model() -> None:
    shared = set(TrainReaderDocument.model_fields) & set(CalibrateDocument.model_fields)
    assert shared == {"model", "temperature", "least_error", "max_error"}
    found, other = (schema_of(name)["properties"] for name in ("train-reader", "calibrate"))
    assert all(found[name] == other[name] for name in shared)


@pytest.mark.slow
def test_train_reader_prints_what_its_schema_says(cli: Cli) -> None:
    schema = schema_of("train-reader")
    document = cli("train-reader", "--epochs", "1", "--updates", "0", "--numbers", "20", "--quiet", "--json").json
    Draft202012Validator(schema).validate(document)
    missing = all_fields(schema) - set(visited(schema, schema, document, "#"))
    assert not any("OperatingPoint" not in field for field in missing), "a reader of one epoch may reach no limit"
