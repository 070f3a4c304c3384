"""Both classifiers at equal configuration, fitted and judged in turns; each fit starts from another seed.

Equal: hidden layers, ReLU and softmax, batch size, optimiser and rate, penalty, number of epochs, shuffling. Nothing
stops early. Initial weights and orders are each library's own, so accuracies are compared as means over the seeds.
"""

import statistics
import warnings
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks import clock
from benchmarks.estimator.data import Table
from mnist_nn.estimator import MLPDigitClassifier

OURS, THEIRS = "MLPDigitClassifier", "MLPClassifier"


@dataclass(frozen=True)
class Setting:
    """What both are told."""

    hidden: tuple[int, ...]
    batch: int
    solver: str

    def __str__(self) -> str:
        return f"hidden {', '.join(map(str, self.hidden))}, batch {self.batch}, {self.solver}"


SETTINGS = (Setting((100,), 200, "adam"), Setting((100,), 32, "momentum"), Setting((256, 128), 200, "adam"))


@dataclass
class Entry:
    """One classifier: seconds to fit and to predict, and test accuracy, of each round."""

    name: str
    fit: list[float] = field(default_factory=list)
    predict: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)


@dataclass
class Line:
    """One data set in one setting."""

    data: str
    setting: str
    epochs: int
    ours: Entry
    theirs: Entry

    @property
    def times(self) -> float:
        """How many times quicker we fit."""
        return statistics.median(self.theirs.fit) / statistics.median(self.ours.fit)

    @property
    def row(self) -> list[str]:
        """The line as the table shows it."""
        cells = [f"{statistics.median(entry.fit):.2f}" for entry in (self.ours, self.theirs)]
        answers = [f"{statistics.median(entry.predict) * 1e3:.0f}" for entry in (self.ours, self.theirs)]
        accuracies = [_accuracy(entry.accuracy) for entry in (self.ours, self.theirs)]
        return [self.data, self.setting, str(self.epochs), *cells, f"{self.times:.2f}", *answers, *accuracies]

    def to_dict(self) -> dict[str, Any]:
        """Return every round in plain JSON values."""
        return asdict(self) | {"times": self.times}


HEAD = ["data", "setting", "epochs", "fit, s: ours", "MLPClassifier", "speedup", "predict, ms: ours",
        "MLPClassifier", "test accuracy: ours", "MLPClassifier"]  # fmt: skip


def race(table: Table, setting: Setting, rounds: int) -> Line:
    """Fit both in turns, after one short fit of each that compiles and warms up."""
    line = Line(table.name, str(setting), table.epochs, Entry(OURS), Entry(THEIRS))
    entries = ((line.ours, _ours), (line.theirs, _theirs))
    for _, make in entries:
        make(setting, table.epochs, 0).set_params(max_iter=1).fit(table.x, table.y)
    for seed in range(rounds):
        for entry, make in entries:
            _round(entry, make(setting, table.epochs, seed), table)
    return line


def _round(entry: Entry, model: Any, table: Table) -> None:
    begin = clock.now()
    model.fit(table.x, table.y)
    fitted = clock.now()
    answers = model.predict(table.x_test)
    entry.predict.append(clock.now() - fitted)
    entry.fit.append(fitted - begin)
    entry.accuracy.append(float((answers == table.y_test).mean()))


def _ours(setting: Setting, epochs: int, seed: int) -> MLPDigitClassifier:
    return MLPDigitClassifier(
        setting.hidden, solver=setting.solver, batch_size=setting.batch, learning_rate_init=_rate(setting),
        max_iter=epochs, n_iter_no_change=None, random_state=seed,
    )  # fmt: skip


def _theirs(setting: Setting, epochs: int, seed: int) -> MLPClassifier:
    warnings.simplefilter("ignore", ConvergenceWarning)
    solver = "adam" if setting.solver == "adam" else "sgd"
    return MLPClassifier(
        setting.hidden, solver=solver, batch_size=setting.batch, learning_rate_init=_rate(setting), max_iter=epochs,
        n_iter_no_change=epochs + 1, random_state=seed, nesterovs_momentum=False,
    )  # fmt: skip


def _rate(setting: Setting) -> float:
    return 0.001 if setting.solver == "adam" else 0.01


def _accuracy(found: list[float]) -> str:
    spread = np.std(found, ddof=1) if len(found) > 1 else 0.0
    return f"{np.mean(found):.2%} ± {spread:.2%}"
