from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn import load_data, load_model
from mnist_nn.data import export, load, sources

Cli = Callable[..., Any]


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


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A table of digits that are called by letters, without a test half."""
    few = load_data("mnist").train.take(range(350))
    names = np.array(list("abcdefghij"))[few.labels]
    np.savez(tmp_path / "letters.npz", x=few.images, y=names)
    export(load(tmp_path / "letters.npz"), tmp_path / "table", format="csv")
    return (tmp_path / "table" / "train.csv").rename(tmp_path / "letters.csv")


def test_data_of_ones_own_is_described(cli: Cli, letters: Path) -> None:
    outcome = cli("data", "info", letters)
    assert outcome.code == 0
    assert "Note: there is no test half" in outcome.out
    document = cli("data", "info", letters, "--json").json
    assert (document["format"], document["class_names"]) == ("csv", list("abcdefghij"))
    assert document["holds_out_its_test"]
    assert cli("data", "verify", letters).code == 0
    assert cli("data", "export", "copy", "--data", letters, "--to", "folder").code == 0
    assert sorted(path.name for path in Path("copy/train").iterdir()) == list("abcdefghij")


def test_names_of_classes_reach_every_answer(cli: Cli, letters: Path) -> None:
    quick = ("--epochs", 2, "--engine", "reference", "--model", "letters")
    outcome = cli("train", "--data", letters, *quick)
    assert outcome.code == 0
    assert "mnist-nn: there is no test half" in outcome.err
    assert load_model("letters").class_names == tuple("abcdefghij")
    assert "\na " in cli("evaluate", "letters").out, "its data is found again"
    assert cli("evaluate", "letters", "--json").json["class_names"] == list("abcdefghij")
    Image.fromarray(load_data("mnist").train.images[0]).save("digit.png")
    (row,) = cli("predict", "letters", "digit.png", "--json").json
    assert row["name"] == "abcdefghij"[row["class"]]
    assert cli("export", "letters", "--to", "npz", "--output", "letters.npz", "--force").code == 0
    assert '"class_names": ["a", "b"' in str(np.load("letters.npz")["json"])
    assert cli("train", "--data", letters, *quick, "--epochs", 3, "--resume").code == 0


def test_what_was_chosen_for_the_data_is_kept_with_the_model(cli: Cli, tmp_path: Path) -> None:
    few = load_data("mnist").train.take(range(100))
    np.savez(tmp_path / "a.npz", x=few.images.swapaxes(1, 2), y=few.labels + 1)
    quick = ("--data", "a.npz", "--epochs", 1, "--engine", "reference", "--quiet", "--transpose", "--label-base", 1)
    assert cli("train", *quick).code == 0
    assert cli("evaluate", "mnist-model.safetensors", "--json").json["data"] == "a.npz"
    assert cli("train", "--resume", "--epochs", 2).code == 0
    outcome = cli("train", "--resume", "--data", "a.npz", "--label-base", 0)
    assert outcome.code == 0
    assert cli("train", *quick[:7], "--as-is").code == 2
