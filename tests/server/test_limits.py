"""Limits: their names, and what is beyond them."""

import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest

from mnist_nn.cli.commands.serve import serve
from mnist_nn.cli.program import run
from mnist_nn.errors import ConfigError
from mnist_nn.server import Limits
from mnist_nn.server.limits import FIXED_LIMITS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_every_limit_is_an_option_and_must_be_above_zero(name: str) -> None:
    assert name in serve.__annotations__
    for value in (0, -1, "many", float("inf")):
        with pytest.raises(ConfigError, match=name):
            Limits(**{name: value})


@pytest.mark.parametrize("field", fields(Limits), ids=lambda field: field.name)
def test_every_limit_is_documented_with_its_default(field: Any) -> None:
    option = f"--{field.name.replace('_', '-')}"
    default = f"{field.default:g}" if field.type is float else str(field.default)
    unit = "SECONDS" if field.type is float else "BYTES" if field.name in {"body_limit", "header_limit"} else "N"
    assert f"| `{option} {unit}` | {default} |" in (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    assert f"| `{option}` |" in (DOCS / "how-to" / "serve.md").read_text(encoding="utf-8")


def test_help_names_every_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    units = {"": 1, "KiB": 2**10, "MiB": 2**20, "million": 10**6}
    for field in fields(Limits):
        found = re.search(rf"--{field.name.replace('_', '-')} \w+ [^\[]*\[default: (\d+) ?(\w*)\]", text)
        assert found is not None, field.name
        assert int(found[1]) * units[found[2]] == field.default


def test_what_no_option_sets_is_above_zero_and_cannot_be_changed() -> None:
    for field in fields(FIXED_LIMITS):
        assert getattr(FIXED_LIMITS, field.name) > 0
        with pytest.raises(FrozenInstanceError):
            setattr(FIXED_LIMITS, field.name, 1)
