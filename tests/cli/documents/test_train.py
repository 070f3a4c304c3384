from collections.abc import Callable
from dataclasses import fields
from typing import Any

from schema_checks import check

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.cli.documents import schema_of
from mnist_nn.cli.documents.train import HistoryRow, NetworkSettings, TrainingSettings
from mnist_nn.nn import config
from mnist_nn.training.checkpoint import Scores
from mnist_nn.util.documents import plain

Cli = Callable[..., Any]
SMALL = ("--subset", "600", "--epochs", "2", "--engine", "reference")


def test_train_prints_what_its_schema_says(cli: Cli) -> None:
    softmax = ("--output", "softmax", "--loss", "cross_entropy", "--optimizer", "momentum", "--hidden", "9,8")
    early = ("--validation", "60", "--patience", "9", "--dropout", "0.1,0", "--max-norm", "3", "--dtype", "float64")
    document = cli("train", *SMALL, *softmax, *early, "--log-dir", "runs", "--json").json
    assert isinstance(document["training"]["validation"], int), "a number of images"
    several = cli("train", *SMALL, "--seeds", "2", "--json").json
    check("train", cli("train", *SMALL, "--json").json, document, several)


def test_every_setting_is_there_in_its_place_with_the_names_that_the_program_has() -> None:
    assert list(NetworkSettings.model_fields) == [field.name for field in fields(NetworkConfig)]
    assert list(TrainingSettings.model_fields) == [field.name for field in fields(TrainingConfig)]
    assert list(HistoryRow.model_fields) == [field.name for field in fields(Scores)]
    shared = schema_of("train")["$defs"]
    network, training = shared["NetworkSettings"]["properties"], shared["TrainingSettings"]["properties"]
    assert network["activation"]["items"]["enum"] == list(config.ACTIVATIONS)
    for name, valid in (("output", config.OUTPUTS), ("initializer", config.INITIALIZERS), ("dtype", config.DTYPES)):
        assert network[name]["enum"] == list(valid)
    for name, valid in (("loss", config.LOSSES), ("optimizer", config.OPTIMIZERS), ("schedule", config.SCHEDULES),
                        ("augmentation", config.AUGMENTATIONS), ("class_weight", config.CLASS_WEIGHTS)):  # fmt: skip
        assert training[name]["enum"] == list(valid)


def test_what_was_not_held_out_is_left_out() -> None:
    row = Scores(1, 0.5, 0.75, 0.25, 0.1, 1.5)
    assert plain(HistoryRow(**row.to_dict())) == row.to_dict()
    assert "validation_loss" not in row.to_dict()
