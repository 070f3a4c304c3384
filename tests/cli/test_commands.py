import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from patience import PATIENCE
from PIL import Image

from mnist_nn import load_data
from mnist_nn.cli.program import app
from mnist_nn.data import sources

Cli = Callable[..., Any]
DOCS = Path(__file__).parents[2] / "docs"


def test_no_arguments_show_the_help(cli: Cli) -> None:
    outcome = cli()
    assert outcome.code == 0
    assert "check-gradients" in outcome.out
    assert cli("data").code == 0


def test_version(cli: Cli) -> None:
    assert re.fullmatch(r"mnist-nn \d+\.\d+\.\d+\n", cli("--version").out)


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Name all commands, those of groups after the name of the group."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


@pytest.mark.parametrize("command", list(commands(typer.main.get_command(app))))
def test_every_option_is_documented(cli: Cli, command: str) -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    shown = cli(*command.split(), "--help").out
    own = section(text, f"## {command.split(maxsplit=1)[0]}") + section(text, "### Settings") * ("--hidden" in shown)
    for option in set(re.findall(r"^  (--[a-z0-9-]+)", shown, re.MULTILINE)):
        assert f"`{option}" in own, f"docs/cli.md does not explain {option} of {command}"


def section(text: str, heading: str) -> str:
    """Cut out what stands under a heading."""
    level = heading.partition(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^{level} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/cli.md has no section {heading!r}"
    return found[1]


def test_a_section_ends_where_the_next_begins() -> None:
    assert section("## a\n1\n### b\n2\n## c\n3\n", "## a") == "1\n### b\n2\n"


def test_help_imports_no_numpy() -> None:
    code = "from mnist_nn.cli.program import run; run(['train', '--help']); sys.exit('numpy' in sys.modules)"
    command = [sys.executable, "-c", f"import sys; {code}"]
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False, timeout=PATIENCE).returncode == 0


def test_evaluate_shows_every_figure(cli: Cli, model: Path) -> None:
    outcome = cli("evaluate", model)
    assert outcome.code == 0
    for part in ("Accuracy", "95 % interval", "Mean loss", "Calibration error", "precision", "recall", "Confusion"):
        assert part in outcome.out
    document = cli("evaluate", model, "--json").json
    confusion = np.array(document["confusion"])
    assert confusion.sum() == 10_000
    assert document["accuracy"] == pytest.approx(confusion.trace() / 10_000)


def test_evaluate_refuses_what_is_no_model(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a model")
    for path in ("missing", "text", tmp_path):
        outcome = cli("evaluate", path)
        assert outcome.code == 2
        assert outcome.err.count("\n") == 1


@pytest.fixture
def digit(tmp_path: Path) -> Path:
    path = tmp_path / "seven [1].png"
    Image.fromarray(load_data("mnist").test.images[0]).save(path)
    return path


def test_predict_names_the_digit(cli: Cli, model: Path, digit: Path) -> None:
    assert "seven [1].png" in cli("predict", model, digit).out
    (row,) = cli("predict", model, digit, "--json").json
    assert row["class"] == 7
    assert sum(row["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_predict_loses_nothing_to_a_bad_picture(cli: Cli, model: Path, digit: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    Image.new("L", (200, 200)).save(tmp_path / "large.png")
    outcome = cli("predict", model, tmp_path / "text.png", digit, tmp_path / "large.png", "missing.png", "--json")
    assert outcome.code == 2
    assert [row.get("class") for row in outcome.json] == [None, 7, None, None]
    assert "200×200" in outcome.err
    assert "damaged" not in outcome.err
    assert outcome.err.count("\n") == 3


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1", "I;16"])
def test_predict_reads_every_kind_of_pixel(cli: Cli, model: Path, tmp_path: Path, mode: str) -> None:
    pixels = load_data("mnist").test.images[0]
    image = Image.fromarray(pixels)
    image = Image.fromarray(pixels.astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    image.save(tmp_path / "digit.png")
    assert cli("predict", model, tmp_path / "digit.png", "--json").json[0]["class"] == 7


def test_check_gradients_finds_the_loss_that_the_seed_descends(cli: Cli) -> None:
    outcome = cli("check-gradients")
    assert outcome.code == 0
    assert "Printed: mean squared error. Descended: summed binary cross-entropy." in outcome.out
    document = cli("check-gradients", "--loss", "mse", "--hidden", "9,7", "--activation", "tanh", "--json").json
    assert document["passed"]
    assert document["descends"] == "mean squared error"
    assert [group["name"] for group in document["groups"]] == ["W1", "b1", "W2", "b2", "W3", "b3"]


def test_data_info_verify_export(cli: Cli, tmp_path: Path) -> None:
    assert "5,923" in cli("data", "info").out
    assert cli("data", "info", "--json").json["counts"]["test"][1] == 1135
    assert cli("data", "verify").out.count("ok ") == 4
    assert cli("data", "export", "copy", "--gzip").code == 0
    assert cli("data", "verify", "copy").code == 0
    assert cli("data", "export", "copy").code == 2, "it never overwrites unless told"
    damaged = tmp_path / "copy" / "t10k-labels-idx1-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:100])
    outcome = cli("data", "verify", "copy")
    assert outcome.code == 2
    assert "BAD" in outcome.out


def test_missing_fashion_mnist_says_how_to_get_it(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sources._NAMED, "fashion-mnist", lambda: sources._fashion_mnist(tmp_path / "nowhere"))
    outcome = cli("data", "info", "fashion-mnist")
    assert outcome.code == 2
    assert "apt install dataset-fashion-mnist" in outcome.err


def test_json_is_one_document_even_for_models_that_never_answer_a_class(cli: Cli, model: Path) -> None:
    document = json.loads(cli("evaluate", model, "--json").out)
    assert len(document["precision"]) == 10


def test_a_terminal_that_cannot_show_a_letter_gets_a_question_mark(model: Path, tmp_path: Path) -> None:
    strange = tmp_path / "é λ.safetensors"
    model.rename(strange)
    for arguments in (("evaluate", strange.name), ("train", "--help"), ("evaluate", "none λ")):
        outcome = subprocess.run(
            [sys.executable, "-m", "mnist_nn", *arguments],
            cwd=tmp_path,
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            check=False,
            timeout=PATIENCE,
        )
        assert outcome.returncode == (2 if "none λ" in arguments else 0)
        assert b"Traceback" not in outcome.stderr
        assert outcome.stderr.isascii()


@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_reader_of_a_pipe_that_left_is_no_fault(buffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    outcome = subprocess.run(
        [sys.executable, "-m", "mnist_nn", "--version"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": buffered},
        check=False,
        timeout=PATIENCE,
    )
    os.close(writing)
    assert (outcome.returncode, outcome.stderr) == (1, b"")


def test_a_blank_picture_is_nothing_there(cli: Cli, model: Path, tmp_path: Path) -> None:
    Image.new("L", (28, 28)).save(tmp_path / "blank.png")
    assert "nothing there" in cli("predict", model, "blank.png").out
    assert cli("predict", model, "blank.png", "--json").json[0]["class"] is None
