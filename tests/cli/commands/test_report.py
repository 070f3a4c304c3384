"""``report`` as a person meets it, mistakes included."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn import Model, Network, evaluate, load_data, load_model, save_model

Cli = Callable[..., Any]


def test_a_report_lies_beside_the_model(cli: Cli, model: Path) -> None:
    outcome = cli("report", model)
    assert outcome.code == 0
    target = model.with_name("mnist-model.report.html")
    html = target.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "<h1>Report on mnist-model.safetensors</h1>" in html
    found = evaluate(load_model(model).network, load_data("mnist").test)
    low, high = (f"{100 * bound:.2f}" for bound in found.interval)
    assert outcome.out.splitlines() == [
        f"Wrote {target} ({target.stat().st_size / 1000:,.0f} kB).",
        f"Accuracy {100 * found.accuracy:.2f} % (95 % interval {low} to {high} %, 10,000 images)",
    ]
    before = target.read_bytes()
    refused = cli("report", model)
    assert refused.code == 2
    assert "already exists; replace it with --force" in refused.err
    assert target.read_bytes() == before


def test_its_json_document(cli: Cli, tmp_path: Path) -> None:
    path = save_model(tmp_path / "m.safetensors", Model(Network.create()))
    found = cli("report", path, "--output", "r.html", "--examples", "1", "--json").json
    assert {name: found[name] for name in ("model", "data", "file", "samples", "bytes")} == {
        "model": str(path),
        "data": "mnist",
        "file": "r.html",
        "samples": 10_000,
        "bytes": (tmp_path / "r.html").stat().st_size,
    }
    assert found["interval"][0] < found["accuracy"] < found["interval"][1]
    assert [row["section"] for row in found["left_out"]] == ["diagnosis", "learning", "gradients", "reproduce"]
    assert all(row["reason"] for row in found["left_out"])
    assert not {row["section"] for row in found["left_out"]} & set(found["sections"])
    said = cli("report", path, "--output", "r.html", "--force").out
    assert "Not included: learning, because the file contains no training history." in said


def test_a_recording_gives_every_epoch(cli: Cli, tmp_path: Path) -> None:
    train = ("train", "--subset", "300", "--epochs", "2", "--engine", "reference", "--quiet", "--record", "film")
    assert cli(*train).code == 0
    model = tmp_path / "mnist-model.safetensors"
    assert cli("report", model, "--record", "film").code == 0
    assert "at every epoch of the recording" in model.with_name("mnist-model.report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("gone.safetensors",), "gone.safetensors"),
        (("text",), "text"),
        (("m.safetensors", "--output", "no/such/r.html"), "cannot write"),
        (("m.safetensors", "--output", "."), "already exists"),
        (("m.safetensors", "--output", ".", "--force"), "cannot write"),
        (("m.safetensors", "--output", "m.safetensors", "--force"), "the model itself"),
        (("m.safetensors", "--data", "nowhere"), "nowhere"),
        (("m.safetensors", "--examples", "0"), "examples"),
        (("m.safetensors", "--examples", "many"), "many"),
        (("m.safetensors", "--record", "m.safetensors"), "is not a recording"),
        (("m.safetensors", "--output", "r.pdf"), "does not end in .html"),
        (("m.safetensors", "--record", "gone"), "cannot read 'gone': No such file or directory; make a recording with"),
        ((), "MODEL"),
    ],
)
def test_mistakes_are_said_in_one_line(cli: Cli, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    path = save_model(tmp_path / "m.safetensors", Model(Network.create()))
    (tmp_path / "text").write_text("not a model")
    before = path.read_bytes()
    outcome = cli("report", *arguments)
    assert outcome.code == 2
    assert says in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert path.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"m.safetensors", "text"}
