"""What holds for the documents of all commands: they have schemas that are closed, and lie in the table."""

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from jsonschema import Draft202012Validator
from patience import PATIENCE
from PIL import Image
from schema_checks import all_fields, visited

from mnist_nn import load_data
from mnist_nn.cli.documents import DOCUMENTS, schema_of
from mnist_nn.cli.program import app

Cli = Callable[..., Any]


def test_the_check_for_fields_that_never_come_can_fail() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}
    assert all_fields(schema) - set(visited(schema, schema, {"a": 1}, "#")) == {"#/b"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_schemas_are_sound_and_closed_and_say_what_each_field_means(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:mnist-nn:schema:{name}"
    parts = list(objects(schema))
    assert parts
    for part in parts:
        assert part["additionalProperties"] is False
        assert set(part["required"]) <= set(part["properties"])
        assert part["description"].endswith(".")
        assert all(field["description"] for field in part["properties"].values())
        missing = set(part["properties"]) - set(part["required"])
        assert all("present if" in part["properties"][field]["description"] for field in missing), "and says when"


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Find the objects with named fields anywhere in a schema."""
    if isinstance(part, list):
        for one in part:
            yield from objects(one)
    if isinstance(part, dict):
        if isinstance(part.get("properties"), dict):
            yield part
        for one in part.values():
            yield from objects(one)


def test_docs_json_md_is_written_from_the_schemas() -> None:
    made = runpy.run_path(str(Path(__file__).parents[1] / "json_page.py"))
    text = made["PAGE"].read_text(encoding="utf-8")
    assert made["MARK"] in text
    assert text == made["page"](text), "run: python tests/cli/json_page.py"


def test_every_command_has_json_and_a_document(cli: Cli) -> None:
    found = set(commands(typer.main.get_command(app))) - {"schema"}
    assert {name.replace(" ", "-") for name in found} == set(DOCUMENTS)
    for name in found:
        assert "--json" in cli(*name.split(), "--help").out


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Name all commands, those of groups after the name of the group."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--preset", "huge"),
        ("train", "--epochs", "many"),
        ("evaluate", "missing"),
        ("predict", "missing", "a.png"),
        ("read", "a.png", "--checksum", "crc"),
        ("play", "missing"),
        ("calibrate", "missing"),
        ("train-reader", "--epochs", "0"),
        ("export", "missing", "--to", "npz"),
        ("serve", "missing"),
        ("report", "missing"),
        ("verify", "missing", "missing.npz"),
        ("check-gradients", "--hidden", "x"),
        ("check-code", "missing.py", "--layers", "x"),
        ("data", "info", "missing"),
        ("data", "verify", "missing"),
        ("data", "export", "copy", "--data", "missing"),
    ],
)
def test_an_error_is_one_line_on_standard_error_with_json_too(cli: Cli, arguments: tuple[str, ...]) -> None:
    outcome = cli(*arguments, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1


def test_json_says_names_of_files_whatever_the_terminal_can_show(tmp_path: Path) -> None:
    Image.fromarray(load_data("mnist").test.images[0]).save(tmp_path / "sieben é 7.png")
    outcome = subprocess.run(
        [sys.executable, "-m", "mnist_nn", "read", "sieben é 7.png", "--json"],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
        timeout=PATIENCE,
    )
    assert outcome.stdout.isascii()
    assert json.loads(outcome.stdout)[0]["file"] == "sieben é 7.png"


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (("--help",), "pydantic"),
        (("train", "--help"), "mnist_nn.util.documents"),
        (("train", "--subset", "100", "--epochs", "1", "--engine", "reference", "--quiet"), "mnist_nn.util.documents"),
        (("data", "info"), "mnist_nn.util.documents"),
    ],
)
def test_models_are_loaded_only_where_json_is_printed(tmp_path: Path, arguments: tuple[str, ...], absent: str) -> None:
    """Typer itself loads pydantic to parse options, so only the first help can do without it altogether."""
    code = (
        f"import sys; from mnist_nn.cli.program import run; code = run({list(arguments)!r}); "
        f"sys.exit(code or {absent!r} in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, check=False, timeout=PATIENCE)
    assert done.returncode == 0
