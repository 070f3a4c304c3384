"""Rules that choose a threshold from answers, to keep errors among the accepted to a limit; None where they give up."""

from collections.abc import Callable

import numpy as np

from benchmarks.selective.populations import LIMIT, Answers
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.metrics import wilson_interval
from mnist_nn.evaluation.selective import SELECTIVE, count_thresholds
from mnist_nn.reading.calibrate_labelled import draw_one_each
from mnist_nn.util import randomness

WILSON_THRESHOLDS = 400
Rule = Callable[[Answers, int], float | None]


def take_lowest(answers: Answers, run: int) -> float | None:  # noqa: ARG001 - it draws nothing
    """Take the lowest of 400 thresholds at which the upper end of Wilson's 95 % interval is below the limit.

    So limits were kept before Learn-then-Test: thresholds are quantiles of the very answers that judge them.
    """
    thresholds = np.unique(np.quantile(answers.confidence, np.linspace(0, 1, WILSON_THRESHOLDS)))
    counts = count_thresholds(thresholds, [(answers.confidence, answers.right)])
    for threshold, wrong, accepted in zip(thresholds, counts.wrong[:, 0], counts.accepted[:, 0], strict=True):
        if wilson_interval(int(wrong), int(accepted))[1] <= LIMIT:
            return float(threshold)
    return None


def learn_then_test(answers: Answers, run: int) -> float | None:  # noqa: ARG001 - it draws nothing
    """Walk from strict to lax and test each threshold by the exact binomial, all answers counted as independent."""
    thresholds = np.linspace(0, 1, SELECTIVE.thresholds, endpoint=False)
    try:
        return count_thresholds(thresholds, [(answers.confidence, answers.right)]).operating_point(LIMIT).threshold
    except ConfigError:
        return None


def draw_then_test(answers: Answers, run: int) -> float | None:
    """Walk likewise, with one answer of each writer, drawn by chance."""
    drawn = draw_one_each([str(writer) for writer in answers.writer], randomness.fold(randomness.key(16), run))
    return learn_then_test(Answers(*(column[drawn] for column in answers)), run)


RULES: dict[str, Rule] = {
    "lowest of 400, Wilson": take_lowest,
    "Learn-then-Test, all answers": learn_then_test,
    "Learn-then-Test, one per writer": draw_then_test,
}
