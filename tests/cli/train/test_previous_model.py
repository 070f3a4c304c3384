"""The older model: kept beside the new one, and never lost on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn import load_model, save_model
from mnist_nn.errors import ModelFileError
from mnist_nn.model_file import storage

SMALL = ("--subset", "600", "--epochs", "2", "--engine", "reference")
Cli = Callable[..., Any]


def previous(model: Path) -> Path:
    return model.with_name("mnist-model.previous.safetensors")


def unfinished(model: Path) -> bytes:
    """Take the scores off a model, as if its training had been stopped."""
    whole = load_model(model)
    save_model(model, storage.Model(whole.network, whole.training, whole.checkpoint, whole.data))
    return model.read_bytes()


def failing_save(*_arguments: object) -> None:
    raise ModelFileError("cannot write: the disk is full")


def test_an_older_model_is_kept_beside_the_new_one(cli: Cli, model: Path) -> None:
    before = model.read_bytes()
    cli("train", *SMALL, "--seed", "5", "--quiet")
    assert model.with_name("mnist-model.previous.safetensors").read_bytes() == before
    assert model.read_bytes() != before


def test_where_an_older_model_is_kept_is_said_whenever_one_is(cli: Cli, model: Path, tmp_path: Path) -> None:
    said = "mnist-nn: a copy of the older model is in mnist-model.previous.safetensors\n"
    assert said in cli("train", *SMALL, "--seed", "5").err
    assert said in cli("train", *SMALL, "--seed", "6", "--json").err
    assert said not in cli("train", *SMALL, "--seed", "6", "--resume").err
    unfinished(model)
    assert said not in cli("train", *SMALL, "--seed", "7").err, "a finished one is kept there already"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to(model)
    outcome = cli("train", *SMALL, "--seed", "8", "--model", tmp_path / "folder" / "link")
    assert f"a copy of the older model is in {previous(model)}\n" in outcome.err
    assert cli("train", *SMALL, "--model", "new").err.count("kept") == 0


def test_an_older_model_stays_where_it_is_until_the_new_one_is_on_disk(
    cli: Cli, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = model.read_bytes()
    monkeypatch.setattr(storage, "write", failing_save)
    assert cli("train", *SMALL, "--seed", "5").code == 2
    assert model.read_bytes() == before


def test_a_link_to_the_model_stays_a_link_and_the_older_model_is_kept_beside_the_file(
    cli: Cli, model: Path, tmp_path: Path
) -> None:
    before = model.read_bytes()
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "link"
    link.symlink_to(model)
    assert cli("train", *SMALL, "--seed", "5", "--quiet", "--model", link).code == 0
    assert link.is_symlink()
    assert previous(model).read_bytes() == before
    assert model.read_bytes() != before


def test_an_unfinished_model_does_not_take_the_place_of_a_finished_one(cli: Cli, model: Path) -> None:
    first = model.read_bytes()
    cli("train", *SMALL, "--seed", "5", "--quiet")
    unfinished(model)
    assert cli("train", *SMALL, "--seed", "6", "--quiet").code == 0
    assert previous(model).read_bytes() == first


def test_an_unfinished_model_is_kept_where_there_is_no_other(cli: Cli, model: Path) -> None:
    first = unfinished(model)
    assert cli("train", *SMALL, "--seed", "5", "--quiet").code == 0
    assert previous(model).read_bytes() == first


def test_a_place_where_the_older_model_cannot_be_kept_is_refused_before_training(cli: Cli, model: Path) -> None:
    before = model.read_bytes()
    previous(model).mkdir()
    outcome = cli("train", *SMALL)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1), "no line of an epoch"
    assert "previous" in outcome.err
    assert "not a regular file" in outcome.err
    assert model.read_bytes() == before


def test_a_disk_too_full_for_the_older_model_is_said_in_one_line(
    cli: Cli, model: Path, files_no_larger_than: Callable[[int], Any]
) -> None:
    before = model.read_bytes()
    with files_no_larger_than(len(before) // 2):
        outcome = cli("train", *SMALL, "--quiet")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "cannot copy the older model" in outcome.err
    assert model.read_bytes() == before
    assert not previous(model).exists()
