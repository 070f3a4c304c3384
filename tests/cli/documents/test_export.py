from collections.abc import Callable
from pathlib import Path
from typing import Any

from schema_checks import check

from mnist_nn.cli.documents import schema_of
from mnist_nn.export import FORMATS

Cli = Callable[..., Any]


def test_export_prints_what_its_schema_says(cli: Cli, model: Path) -> None:
    check("export", *(cli("export", model, "--to", name, "--json").json for name in ("onnx", "npz")))


def test_a_format_that_rounds_says_how_far(cli: Cli) -> None:
    settings = ("--subset", "600", "--epochs", "1", "--engine", "reference", "--dtype", "float64")
    assert cli("train", *settings, "--model", "m.safetensors", "--quiet").code == 0
    document = cli("export", "m.safetensors", "--to", "onnx", "--json").json
    assert 0 < document["rounding"] < 1e-4
    check("export", document)


def test_the_formats_are_those_of_the_program() -> None:
    assert schema_of("export")["properties"]["format"]["enum"] == list(FORMATS)
