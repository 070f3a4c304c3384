"""``calibrate`` as a person meets it, mistakes included."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from number_pictures import picture

from mnist_nn import load_data, load_model
from mnist_nn.cli.documents import schema_of
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.evaluation.prediction import predict
from mnist_nn.model_file import storage
from mnist_nn.reading.evidence import FEATURES
from mnist_nn.reading.reader_model import load_reader_model

Cli = Callable[..., Any]
SMALL = ("--subset", "3000", "--validation", "800", "--epochs", "2", "--engine", "reference", "--quiet")


@pytest.fixture
def held_out_model(cli: Cli, tmp_path: Path) -> Path:
    assert cli("train", "--output", "softmax", "--loss", "cross_entropy", *SMALL).code == 0
    return tmp_path / "mnist-model.safetensors"


def test_calibrate_puts_it_into_the_model_file_and_keeps_the_rest(cli: Cli, held_out_model: Path) -> None:
    before = load_model(held_out_model)
    outcome = cli("calibrate", held_out_model)
    assert outcome.code == 0
    assert "Temperature" in outcome.out
    after = load_model(held_out_model)
    assert after.calibration is not None
    assert after.scores == before.scores
    assert after.checkpoint is not None
    assert all(np.array_equal(p, q) for p, q in zip(before.network.parameters, after.network.parameters, strict=True))
    assert predict(after.network, np.zeros((1, 28, 28), np.uint8), after.calibration).is_digit[0] < 0.5


def test_the_json_document_says_what_each_limit_costs(cli: Cli, held_out_model: Path) -> None:
    document = cli("calibrate", held_out_model, "--json", "--seed", "3").json
    assert document["held_out"] == 800
    assert set(document["max_error"]) == {"0.002", "0.005", "0.01", "0.02", "0.05"}
    for limit, point in document["max_error"].items():
        assert point is None or (point["error"] <= float(limit) and 0 < point["coverage"] <= 1)


def test_a_model_that_has_seen_everything_is_refused(cli: Cli, model: Path) -> None:
    outcome = cli("calibrate", model)
    assert outcome.code == 2
    assert "--validation" in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize("seed", ["-1", "18446744073709551616"])
def test_a_seed_that_cannot_be_is_said(cli: Cli, held_out_model: Path, seed: str) -> None:
    outcome = cli("calibrate", held_out_model, "--seed", seed)
    assert outcome.code == 2
    assert "seed" in outcome.err


def test_a_missing_model_is_said(cli: Cli) -> None:
    assert "no-such-file" in cli("calibrate", "no-such-file").err


def label(folder: Path, writers: int) -> Path:
    """Write pictures of test digits, each by a writer of its own, and a table that labels them."""
    (folder / "scans").mkdir()
    labels = load_data("mnist").test.labels
    rows = []
    for number in range(writers):
        picture(folder / "scans" / f"{number}.png", number, number + 1)
        rows.append(f"scans/{number}.png,{labels[number]}{labels[number + 1]},{number}")
    (folder / "labels.csv").write_text("\n".join(["picture,answer,writer", *rows]))
    return folder / "labels.csv"


@pytest.fixture
def scored_reader(tmp_path: Path) -> Path:
    """A reader whose numbers have a score of the least sure of their digits."""
    weights = np.where(np.array(FEATURES) == "lowest_confidence_odds", 1.0, 0.0)
    table = np.column_stack([np.linspace(0, 0.95, 20), np.linspace(0.3, 0.01, 20), np.linspace(1, 0.5, 20)])
    numbers = NumberCalibration(FEATURES, weights, 0.0, table)
    return storage.save(tmp_path / "mine.safetensors", replace(load_reader_model(), number_calibration=numbers))


@pytest.mark.slow
def test_numbers_are_calibrated_on_labelled_pictures(cli: Cli, tmp_path: Path, scored_reader: Path) -> None:
    label(tmp_path, 24)
    command = ("calibrate", scored_reader, "--labelled", "labels.csv", "--field", "--max-error", "0.3")
    document = cli(*command, "--output", "new.safetensors", "--json").json
    Draft202012Validator(schema_of("calibrate")).validate(document)
    assert document["labelled"]["tested"] == document["labelled"]["units"] == 24
    assert document["labelled"]["right"] >= 20
    outcome = cli(*command)
    assert outcome.code == 0
    assert "numbers in 24 pictures" in outcome.out
    assert "Tested    on one number from each of 24 writers" in outcome.out
    (new, old) = (load_model(path).number_calibration for path in (tmp_path / "new.safetensors", scored_reader))
    assert new is not None
    assert old is not None
    assert new.test is not None
    assert new.looks is not None
    assert old.looks is not None, "without --output the model itself has it"
    assert np.array_equal(new.looks.values, old.looks.values)
    read = cli("read", "scans", "--field", "--model", "new.safetensors", "--max-error", "0.3")
    assert read.code == 0
    assert "at an error of at most 30 %" in read.err


def test_too_few_labelled_pictures_are_said_before_anything_is_read(
    cli: Cli, tmp_path: Path, scored_reader: Path
) -> None:
    label(tmp_path, 3)
    before = scored_reader.read_bytes()
    outcome = cli("calibrate", scored_reader, "--labelled", "labels.csv")
    assert outcome.code == 2
    assert "3 writers can prove a limit of 0.6316 at best, but 0.01 takes 299 writers; label more, or" in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert scored_reader.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--labelled", "labels.csv"), "no place was given for the calibrated reader; name it with --output FILE"),
        (("--labelled", "none.csv", "--output", "new"), "cannot read"),
        (("--labelled", "bad.csv", "--output", "new"), "line 2: there is no picture 'a.png' beside the table"),
        (
            ("--labelled", "labels.csv", "--output", "new", "--max-error", "1"),
            "--max-error is 1.0; give a share between 0 and 1",
        ),
        (("--labelled", "labels.csv", "--output", "new", "--data", "fashion-mnist"), "--data has no effect with"),
        (("m", "--field"), "--field has no effect without --labelled FILE.csv; leave --field out"),
        (("m", "--max-error", "0.1"), "--max-error has no effect without --labelled"),
        (("m", "--output", "n"), "--output has no effect without --labelled"),
        ((), "no model was given; name a model file"),
    ],
)
def test_what_cannot_be_is_one_line(cli: Cli, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "labels.csv").write_text("picture,answer\nlabels.csv,7\n")
    (tmp_path / "bad.csv").write_text("picture,answer\na.png,7\n")
    outcome = cli("calibrate", *arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert not (tmp_path / "new").exists()
