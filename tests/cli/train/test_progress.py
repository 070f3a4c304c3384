"""What is shown while a network trains: a line per epoch, a bar, or nothing; always on standard error."""

from dataclasses import replace

import pytest

from mnist_nn import TrainingConfig
from mnist_nn.cli.common import terminal
from mnist_nn.cli.train import progress
from mnist_nn.experiments.runs import Step
from mnist_nn.training.checkpoint import Scores

TRAINING = TrainingConfig(epochs=2)
SCORES = Scores(epoch=1, loss=0.0169, descended=0.2, accuracy=0.8993, rate=0.03, seconds=0.058)


class Epoch:
    """As much of an epoch as is shown."""

    def __init__(self, *, complete: bool, progress: float = 0.5) -> None:
        self.complete, self.scores, self.progress = complete, SCORES, progress


def test_scores_are_one_line() -> None:
    assert progress.describe(SCORES, 2) == "epoch 1/2  loss 0.01690  accuracy 89.93 %"
    held_out = replace(SCORES, validation_accuracy=0.91, validation_loss=0.1)
    assert progress.describe(held_out, 2).endswith("accuracy 89.93 %  validation 91.00 %")


def test_a_line_is_printed_when_an_epoch_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.show_progress(TRAINING, quiet=False) as show:
        show(Epoch(complete=False))  # type: ignore[arg-type]
        show(Epoch(complete=True))  # type: ignore[arg-type]
    assert capsys.readouterr() == ("", "epoch 1/2  loss 0.01690  accuracy 89.93 %  0.06 s\n")


def test_a_long_epoch_gets_lines_before_it_is_complete(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LINE_SECONDS", -1.0)  # every look is late
    with progress.print_lines(TRAINING) as show:
        show(Epoch(complete=False, progress=0.005))  # type: ignore[arg-type]
    said = "epoch 1/2  loss 0.01690  accuracy 89.93 %  1 % of the epoch, which takes about 5.80 s\n"
    assert capsys.readouterr() == ("", said)


def test_nothing_is_shown_if_quiet(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "can_draw", lambda: True)
    with progress.show_progress(TRAINING, quiet=True) as show:
        show(Epoch(complete=True))  # type: ignore[arg-type]
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_drawn_where_one_can_be(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "can_draw", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    with progress.show_progress(TRAINING, quiet=False) as show:
        show(Epoch(complete=False))  # type: ignore[arg-type]
    out, err = capsys.readouterr()
    assert out == ""
    assert "50%" in err
    assert "epoch 1/2  loss 0.01690" in err


def test_one_bar_is_drawn_for_all_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "can_draw", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    with progress.show_trials(4, quiet=False) as show:
        show(Step(2, Epoch(complete=False), is_last=False), "seed 2")  # type: ignore[arg-type]
        show(Step(1, None, is_last=True), "seed 1")
        show(Step(3, None, is_last=True), "seed 3")
    out, err = capsys.readouterr()
    assert out == ""
    assert "62%" in err
    assert "2 of 4 runs" in err


def test_quiet_runs_show_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.show_trials(4, quiet=True) as show:
        show(Step(1, None, is_last=True), "seed 1")
    assert capsys.readouterr() == ("", "")
