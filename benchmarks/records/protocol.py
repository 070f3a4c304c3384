"""How a row is measured: on held-out images as often as one likes, on the test images once.

Every number is a list with one value for each seed.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from scipy import stats

from benchmarks.records.rows import HELD_OUT, Row
from mnist_nn import Dataset, Network, evaluate, train
from mnist_nn.training.loop import Epoch

Say = Callable[[str], None]


@dataclass
class Result:
    """What was measured: percent of right answers, and seconds of each training.

    ``hold_out`` and ``test`` are of networks that learned without the held-out images, ``refit`` are the test results
    of networks that learned from all.
    """

    hold_out: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    refit: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {name: [round(value, 3) for value in values] for name, values in asdict(self).items()}


def measure(row: Row, data: Dataset, say: Say, *, opens_test: bool) -> Result:
    """Train a row's networks; ``opens_test`` also trains them on all images, and measures both on the test images."""
    result, teachers = Result(), {}
    if row.teacher:
        for held_out in (HELD_OUT, *([0] if opens_test else [])):
            last, seconds = _learn(row.teacher, data, 0, held_out)
            teachers[held_out] = last.network
            say(f"{row.teacher.name}, the teacher: {seconds:.1f} s")
    for seed in range(row.seeds):
        last, seconds = _learn(row, data, seed, HELD_OUT, teachers.get(HELD_OUT))
        right = last.scores.validation_accuracy or 0.0
        result.hold_out.append(100 * right)
        result.seconds.append(seconds)
        say(f"{row.name}, seed {seed}: hold-out {100 * right:.2f} %, {seconds:.1f} s")
        if opens_test:
            whole, _ = _learn(row, data, seed, 0, teachers.get(0))
            result.test.append(100 * evaluate(last.network, data.test).accuracy)
            result.refit.append(100 * evaluate(whole.network, data.test).accuracy)
    return result


def _learn(row: Row, data: Dataset, seed: int, held_out: int, teacher: Network | None = None) -> tuple[Epoch, float]:
    shape, config = row.configure(seed, held_out)
    begin = time.perf_counter()
    *_, last = train(Network.create(shape, seed), data.train, config, teacher=teacher)
    return last, time.perf_counter() - begin


def summarize(values: list[float]) -> tuple[float, float, tuple[float, float]]:
    """Return the mean, the standard deviation, and the 95 % interval of the mean by Student's t distribution.

    Examples
    --------
    >>> mean, sd, (low, high) = summarize([97.0, 98.0, 99.0])
    >>> mean, sd, round(low, 2), round(high, 2)
    (98.0, 1.0, 95.52, 100.48)
    """
    mean, sd, n = float(np.mean(values)), float(np.std(values, ddof=1)), len(values)
    reach = float(stats.t.ppf(0.975, n - 1)) * sd / n**0.5
    return mean, sd, (mean - reach, mean + reach)
