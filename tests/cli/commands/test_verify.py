"""``verify`` as a person meets it, mistakes included."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn import Model, Network, save_model

Cli = Callable[..., Any]


@pytest.fixture
def m(tmp_path: Path) -> Path:
    return save_model(tmp_path / "m.safetensors", Model(Network.create()))


def test_the_json_document_has_every_output(cli: Cli, m: Path) -> None:
    assert cli("export", m, "--to", "npz", "--output", "other.npz").code == 0
    found = cli("verify", m, "other.npz", "--json").json
    assert found["good"] is True
    assert found["format"] == "npz"
    outputs = {row["output"] for row in found["differences"]}
    assert outputs == {"label", "probabilities", "is_digit", "confidence", "test vectors inside"}
    assert all(row["largest"] <= row["tolerance"] and row["good"] for row in found["differences"])


def test_another_model_ends_with_code_1(cli: Cli, m: Path, tmp_path: Path) -> None:
    save_model(tmp_path / "other.safetensors", Model(Network.create(seed=1)))
    assert cli("export", m, "--to", "onnx").code == 0
    found = cli("verify", "other.safetensors", "m.onnx")
    assert found.code == 1
    assert "WRONG" in found.out
    assert "does NOT give the same answers as the model" in found.out
    assert "Export it again: mnist-nn export MODEL --to onnx --force" in found.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("verify", "m.safetensors", "gone.onnx"), "gone.onnx"),
        (("verify", "m.safetensors", "text.safetensors"), "text.safetensors"),
        (("verify", "m.safetensors", "m.safetensors"), "no test vectors"),
        (("verify", "m.safetensors", "m.txt"), "an exported file ends in one of"),
        (("verify", "text.safetensors", "m.onnx"), "text.safetensors"),
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
