"""The learning curves are the file's history, and every epoch has its numbers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mnist_nn import Model
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import Missing, learning


def test_every_epoch_has_its_numbers(page: Any, model: Model) -> None:
    assert model.checkpoint is not None
    rows = page.table("epoch", "loss")
    assert [row[1] for row in rows] == [f"{score.loss:.5f}" for score in model.checkpoint.history]
    assert [len(row) for row in rows] == [7, 7, 7], "with what was held out"


def test_without_a_hold_out_nothing_is_said_of_it(parse: Callable[[str], Any], measured: Measurements) -> None:
    at = measured.model.checkpoint
    assert at is not None
    history = tuple(replace(row, validation_loss=None, validation_accuracy=None) for row in at.history)
    plain = replace(measured, model=replace(measured.model, checkpoint=replace(at, history=history)))
    section = parse(str(learning.write(plain)))
    assert [len(row) for row in section.table("epoch", "loss")] == [5, 5, 5]
    assert "Held-out" not in section.text
    assert "Held-out images are judged" in parse(str(learning.write(measured))).text


def test_a_file_without_history_has_no_curves(untrained: Measurements) -> None:
    assert learning.write(untrained) == Missing("the file contains no training history")
