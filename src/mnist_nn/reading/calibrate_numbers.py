"""Calibrates whole numbers: fits the score of the evidence, and finds thresholds that keep limits on errors.

Pictures of numbers are generated, read by the whole reader, and compared with what is written on them. One half, with
handwriting of one family, is used to fit the score. The other half, with handwriting that no setting was chosen on,
tests the thresholds. docs/explanation/refusal.md describes it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples
from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers.kinds import KINDS, Paper, draw_paper
from mnist_nn.data.non_digits import non_digits
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.calibration import LIMITS, nearest_limit
from mnist_nn.evaluation.logistic import fit_logistic
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.evaluation.selective import bound_error, choose_thresholds, count_thresholds
from mnist_nn.model_file.storage import Model
from mnist_nn.reading.evidence import FEATURES
from mnist_nn.reading.looks import measure_looks, summarize_numbers
from mnist_nn.reading.parameters import READING
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.results import DIGIT, Number
from mnist_nn.util.randomness import Key, fold, permutation

Array = npt.NDArray[Any]
ACCEPT_ALL = NumberCalibration((), np.empty(0), 0.0, np.array([[0.0, 1e-9, 1.0]]))
"""Limits that accept every number unless there is another reason against it; they show which numbers depend on a
threshold."""

UPRIGHT = replace(READING, orientation=replace(READING.orientation, read_well_share=-1.0))
"""Settings that turn no pages: papers are upright, and if everything is accepted, any page reads well in some
direction."""


@dataclass(frozen=True)
class NumberCalibrationParameters:
    """How many numbers are read for the calibration, and how the score is fitted."""

    fitting_per_kind: int = 800
    """Pictures of each kind for fitting the score, and the same number of words. A dozen weights need a few hundred
    errors."""
    testing_per_kind: int = 1600
    """Pictures of each kind for testing thresholds. A limit of 1 % is proved by 299 accepted answers without an
    error; 800 allow some errors."""
    pen_digits: int = 8_000
    """Digits in generated handwriting in each half, by 400 simulated people."""
    penalty: float = 1.0
    """Ridge penalty on the weights, so that features with the same information share their weight."""


NUMBERS = NumberCalibrationParameters()
FIELDS = ("field", "cheque", "register")
"""Kinds of paper that are read as fields; the others are read as pages."""
WORDS = ("field", "plain")
"""Kinds of paper that words are written on."""
LETTERS = 2_000
"""Number of different letters used for words."""
FITTING, TESTING = ("calibrate", "test")
"""Families of handwriting, for fitting the score and for testing it."""


class Answers(NamedTuple):
    """The reader's answers for n numbers: their evidence, whether they are right, and whether a threshold decides.

    ``features`` is float64 of shape (n, features), and ``looks`` of shape (n, looks), as `measure_looks` measures them.
    ``right`` and ``acceptable`` are bool of shape (n,). ``groups`` are n names: the kind of paper, or the writer.
    """

    features: npt.NDArray[np.float64]
    looks: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    acceptable: npt.NDArray[np.bool_]
    groups: tuple[str, ...]

    def rate(self, calibration: NumberCalibration) -> npt.NDArray[np.float64]:
        """Return the confidence in each number: shape (n,); a calibration may use fewer features."""
        return calibration.score(self.features[:, [FEATURES.index(name) for name in calibration.features]])

    def score(self, calibration: NumberCalibration) -> npt.NDArray[np.float64]:
        """Score the numbers: shape (n,); numbers that are doubtful in any case get 0."""
        return np.where(self.acceptable, self.rate(calibration), 0.0)


class KindResult(NamedTuple):
    """The results of the default threshold for one kind of paper: counts, and an upper bound on the error (95 %).

    ``held`` says whether this proves the limit for this kind of paper alone.
    """

    kind: str
    answers: int
    accepted: int
    wrong: int
    bound: float
    held: bool


def calibrate_numbers(
    model: Model, held_out: Samples, key: Key, parameters: NumberCalibrationParameters = NUMBERS
) -> tuple[NumberCalibration, tuple[KindResult, ...]]:
    """Calibrate a reader's numbers.

    Parameters
    ----------
    model
        The reader: a network for digits with its calibration, and sequence networks if it has any.
    held_out
        Digits that none of its networks has learned from, framed as 28×28 images, with every digit at least twice.
    key
        Random key for the halves, the handwriting and the papers.
    parameters
        The number of papers, and how the score is fitted.

    Raises
    ------
    ConfigError
        If the model's digits are not calibrated.
    DataError
        If the reader finds too few numbers on the papers.
    """
    order = permutation(fold(key, 0), len(held_out))
    first, second = (held_out.take(rows) for rows in np.array_split(order, 2))
    numbers = draw_papers(first, FITTING, parameters.fitting_per_kind, fold(key, 1), parameters)
    words = draw_words(first, parameters.fitting_per_kind // len(WORDS), fold(key, 3))
    fitting = read_papers(model, chain(numbers, words))
    testing = read_papers(model, draw_papers(second, TESTING, parameters.testing_per_kind, fold(key, 2), parameters))
    calibration = fit_score(fitting, parameters.penalty)
    return add_thresholds(calibration, fitting, testing)


def draw_papers(
    digits: Samples, family: str, count: int, key: Key, parameters: NumberCalibrationParameters = NUMBERS
) -> Iterator[Paper]:
    """Draw this many papers of each kind, with these digits and with handwriting of a family."""
    pool = GlyphPool.of(digits.images, digits.labels, fold(key, 0), family, parameters.pen_digits)
    for kind in KINDS:
        for number in range(count):
            yield draw_paper(kind, number, fold(key, 1), pool)


def draw_words(digits: Samples, count: int, key: Key) -> Iterator[Paper]:
    """Draw this many fields and plain pages with letters instead of digits; any number read there is wrong."""
    letters = non_digits("letters", LETTERS, fold(key, 0), digits.images)
    pool = GlyphPool.of(letters, np.arange(LETTERS) % 10, fold(key, 1), FITTING, pen_digits=0)
    for kind in WORDS:
        for number in range(count):
            yield replace(draw_paper(kind, number, fold(key, 2), pool), text="")


def read_papers(model: Model, papers: Iterable[Paper]) -> Answers:
    """Read papers with the whole reader; each number found is an answer, right if it equals the text on the paper."""
    if model.calibration is None:
        raise ConfigError("digits must be calibrated before numbers; run: mnist-nn calibrate MODEL")
    accepting = replace(model, number_calibration=ACCEPT_ALL)
    readers = {field: Reader(accepting, field=field, parameters=UPRIGHT) for field in (True, False)}
    found: list[tuple[Number, bool, str]] = []
    for paper in papers:
        numbers = readers[paper.kind in FIELDS](paper.pixels).numbers
        found += [(number, number.text == paper.text, paper.kind) for number in numbers]
    return collect_answers(found)


def collect_answers(found: Sequence[tuple[Number, bool, str]]) -> Answers:
    """Collect answers from numbers, whether each is right, and the group of each.

    Raises
    ------
    DataError
        If there are no answers.
    """
    rows = [(number.evidence, right, number.decision == DIGIT, group) for number, right, group in found]
    if not rows:
        raise DataError("the reader found no numbers to calibrate on; give pictures of numbers")
    evidence, right, acceptable, groups = zip(*rows, strict=True)
    return Answers(
        np.array([one.features for one in evidence if one is not None]),
        measure_looks(number for number, _, _ in found),
        np.array(right, bool),
        np.array(acceptable, bool),
        tuple(groups),
    )


def fit_score(fitting: Answers, penalty: float = NUMBERS.penalty) -> NumberCalibration:
    """Fit the score to the answers that depend on a threshold; the thresholds come later.

    Raises
    ------
    DataError
        If all of them are right, or all are wrong.
    """
    used = fitting.acceptable
    right = fitting.right[used]
    if not used.any() or right.all() or not right.any():
        raise DataError(
            f"of {int(used.sum())} numbers that could be accepted, {int(right.sum())} are right, but "
            "calibration needs both right and wrong ones; give more pictures"
        )
    weights, bias = fit_logistic(fitting.features[used], right.astype(np.float64), penalty)
    return NumberCalibration(FEATURES, weights, bias, ACCEPT_ALL.table)


def add_thresholds(
    score: NumberCalibration, fitting: Answers, testing: Answers
) -> tuple[NumberCalibration, tuple[KindResult, ...]]:
    """Test thresholds on all papers, count the results for each kind of paper, and summarize how numbers look."""
    thresholds = choose_thresholds(fitting.score(score)[fitting.acceptable])
    scores, kinds = testing.score(score), np.array(testing.groups)
    sets = {kind: (scores[kinds == kind], testing.right[kinds == kind]) for kind in sorted(set(testing.groups))}
    test = count_thresholds(thresholds, [(scores, testing.right)])
    looks = summarize_numbers(testing.rate(score), testing.looks)
    calibration = replace(score, table=test.tabulate(LIMITS), test=test, looks=looks)
    usual = nearest_limit(calibration.table, READING.max_error, test)
    threshold = calibration.operating_point(usual).threshold if usual < 1 else 1.0
    return calibration, tuple(_sum_up(kind, *one, threshold, usual) for kind, one in sets.items())


def _sum_up(kind: str, scores: Array, right: Array, threshold: float, limit: float) -> KindResult:
    accepted = scores >= threshold
    count, wrong = int(accepted.sum()), int((accepted & ~right).sum())
    bound = float(bound_error(wrong, count))
    return KindResult(kind, len(scores), count, wrong, bound, bound <= limit)
