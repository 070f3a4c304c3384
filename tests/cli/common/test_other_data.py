"""Commands that take a model and data: the model's own, or both are named."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mnist_nn.data import write_idx
from mnist_nn.data.sources import FILES, load

Cli = Callable[..., Any]
SMALL = ("--hidden", "5", "--epochs", "1", "--engine", "reference", "--quiet")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A data set of a person's own: the first pictures of MNIST, dark on light."""
    folder, mnist = tmp_path / "scans", load("mnist")
    folder.mkdir()
    for (images, labels), half in zip((FILES[:2], FILES[2:]), (mnist.train, mnist.test), strict=True):
        write_idx(folder / images, 255 - half.images[:500])
        write_idx(folder / labels, half.labels[:500].astype("uint8"))
    return folder


@pytest.fixture
def model(cli: Cli, tmp_path: Path, own: Path) -> Path:
    path = tmp_path / "own.safetensors"
    assert cli("train", "--data", own, "--model", path, "--validation", "0.5", *SMALL).code == 0
    return path


@pytest.mark.slow
def test_a_model_is_measured_calibrated_and_continued_on_its_own_data(cli: Cli, model: Path, own: Path) -> None:
    document = cli("evaluate", model, "--json").json
    assert (document["data"], document["trained_on"], document["samples"]) == (str(own), str(own), 500)
    assert not cli("evaluate", model).err
    assert cli("calibrate", model, "--json").json["held_out"] == 250
    assert cli("train", "--resume", "--model", model, "--epochs", "2", "--quiet").code == 0
    assert cli("export", model, "--to", "c").code == 0


def test_other_data_is_measured_where_it_is_named_and_both_are_said(cli: Cli, model: Path, own: Path) -> None:
    said = f"mnist-nn: the model was trained on other data, {str(own)!r}, and this is 'mnist'\n"
    outcome = cli("evaluate", model, "--data", "mnist")
    assert (outcome.code, outcome.err) == (0, said)
    document = cli("evaluate", model, "--data", "mnist", "--json").json
    assert (document["data"], document["trained_on"]) == ("mnist", str(own))
    for refused in (("calibrate", model), ("train", "--resume", "--model", model), ("export", model, "--to", "c")):
        outcome = cli(*refused, "--data", "mnist")
        assert outcome.code == 2
        assert f"trained on other data, {str(own)!r}, and this is 'mnist'; give the data" in outcome.err


def test_other_data_is_named_where_digits_are_read(cli: Cli, model: Path, own: Path, tmp_path: Path) -> None:
    said = (
        f"mnist-nn: the model was trained on {str(own)!r}; what it reads is right only if those are the digits 0 to 9\n"
    )
    Image.new("L", (40, 40), 255).save(tmp_path / "blank.png")
    for command in (("read", "--model", model, "blank.png"), ("export", model, "--to", "html")):
        outcome = cli(*command)
        assert outcome.code == 0
        assert outcome.err.count(said) == 1, outcome.err


@pytest.mark.parametrize("command", ["evaluate", "report", "calibrate"])
def test_data_that_is_gone_is_named_and_nothing_is_measured(cli: Cli, model: Path, own: Path, command: str) -> None:
    shutil.rmtree(own)
    outcome = cli(command, model)
    assert outcome.code == 2
    assert f"the model was trained on {str(own)!r}, which is not on this machine; give its folder" in outcome.err
    assert not outcome.out
