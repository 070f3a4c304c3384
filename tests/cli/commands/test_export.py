"""``export`` as a person meets it, mistakes included; that its files verify as well."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn import Model, Network, NetworkConfig, load_model, save_model
from mnist_nn.reading.reader_model import load_reader_model

Cli = Callable[..., Any]
FILES = {"onnx": "m.onnx", "html": "m.html", "c": "m.h", "safetensors": "m.stripped.safetensors", "npz": "m.npz"}
PROGRAMS = {"html": ("node", "chromium"), "c": ("cc", "gcc", "clang")}


@pytest.fixture
def m(tmp_path: Path) -> Path:
    return save_model(tmp_path / "m.safetensors", Model(Network.create()))


@pytest.mark.parametrize("name", FILES)
def test_an_export_lies_beside_the_model_and_verifies(cli: Cli, m: Path, name: str) -> None:
    if name in PROGRAMS and not any(map(shutil.which, PROGRAMS[name])):
        pytest.skip(f"none of {', '.join(PROGRAMS[name])} is installed")
    made = cli("export", m, "--to", name)
    assert made.code == 0
    assert m.with_name(FILES[name]).is_file()
    assert f"mnist-nn verify {m} {m.with_name(FILES[name])}" in made.out
    found = cli("verify", m, m.with_name(FILES[name]))
    assert found.code == 0
    assert "It gives the same answers as the model." in found.out
    assert "probabilities" in found.out


def test_the_reader_can_be_taken_along_with_its_refusal(cli: Cli, tmp_path: Path) -> None:
    save_model(tmp_path / "r.safetensors", load_reader_model())
    assert cli("export", "r.safetensors", "--to", "safetensors", "--output", "small.safetensors").code == 0
    assert load_model(tmp_path / "small.safetensors").calibration is not None


def test_the_json_document_says_what_was_written(cli: Cli, m: Path) -> None:
    made = cli("export", m, "--to", "npz", "--output", "other.npz", "--json").json
    assert made == {
        "model": str(m),
        "format": "npz",
        "file": "other.npz",
        "bytes": (m.parent / "other.npz").stat().st_size,
        "rounding": None,
    }


def test_rounded_weights_are_said(cli: Cli, tmp_path: Path) -> None:
    save_model(tmp_path / "d.safetensors", Model(Network.create(NetworkConfig(dtype="float64"))))
    assert "float64 weights were rounded to float32" in cli("export", "d.safetensors", "--to", "onnx").out
    assert 0 < cli("export", "d.safetensors", "--to", "html", "--json").json["rounding"] < 1e-5
    assert cli("export", "d.safetensors", "--to", "npz", "--json").json["rounding"] is None


def test_an_older_file_is_replaced_only_with_force(cli: Cli, m: Path) -> None:
    target = m.with_name("m.npz")
    target.write_bytes(b"precious")
    refused = cli("export", m, "--to", "npz")
    assert refused.code == 2
    assert "'" + str(target) + "' already exists; replace it with --force" in refused.err
    assert target.read_bytes() == b"precious"
    assert cli("export", m, "--to", "npz", "--force").code == 0
    assert target.read_bytes() != b"precious"


def test_the_model_itself_is_never_overwritten(cli: Cli, m: Path) -> None:
    before = m.read_bytes()
    outcome = cli("export", m, "--to", "safetensors", "--output", m, "--force")
    assert outcome.code == 2
    assert "the model itself" in outcome.err
    assert m.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("export", "m.safetensors", "--to", "pickle"), "choose one of: onnx, html, c, safetensors, npz"),
        (("export", "m.safetensors", "--to", "onnx", "--output", "m.txt"), "does not end in .onnx"),
        (("export", "m.safetensors", "--to", "onnx", "--output", "no/such/m.onnx"), "cannot write"),
        (("export", "gone.safetensors", "--to", "onnx"), "gone.safetensors"),
        (("export", "text.safetensors", "--to", "onnx"), "text.safetensors"),
        (("export", ".", "--to", "onnx"), "cannot read '.': it is not a regular file"),
        (("export", "m.safetensors", "--to", "c", "--data", "nowhere"), "nowhere"),
        (("export", "m.safetensors"), "--to"),
    ],
)
def test_mistakes_are_said_in_one_line(
    cli: Cli, m: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    assert m.is_file()
    (tmp_path / "text.safetensors").write_text("not a model")
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert says in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"m.safetensors", "text.safetensors"}
