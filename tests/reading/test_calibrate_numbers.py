"""The calibration of numbers: answers from papers, a score fitted on one half, thresholds tested on the other."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn import Dataset
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.selective import bound_error
from mnist_nn.nn.activations import sigmoid
from mnist_nn.reading.calibrate_numbers import (
    NUMBERS,
    Answers,
    add_thresholds,
    calibrate_numbers,
    draw_papers,
    draw_words,
    fit_score,
    read_papers,
)
from mnist_nn.reading.evidence import FEATURES
from mnist_nn.reading.looks import LOOKS
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.util import randomness

pytestmark = pytest.mark.slow  # whole papers are read

CONFIDENCE = FEATURES.index("lowest_confidence_odds")


def draw_answers(count: int, number: int, *, hard: str = "") -> Answers:
    """Answers that are right as often as a logistic function of one feature says; of one kind less often."""
    key = randomness.fold(randomness.key(4), number)
    features = np.zeros((count, len(FEATURES)))
    features[:, CONFIDENCE] = 4 + 2 * randomness.normal(randomness.fold(key, 0), count)
    kinds = tuple("ab"[n % 2] for n in range(count))
    chance = sigmoid(2 * features[:, CONFIDENCE]) - np.where(np.array(kinds) == hard, 0.05, 0.0)
    right = randomness.uniform(randomness.fold(key, 1), count) < chance
    looks = randomness.normal(randomness.fold(key, 2), count * (len(LOOKS) - 1)).reshape(count, -1)
    return Answers(features, looks, right, np.ones(count, bool), kinds)


def test_the_score_finds_what_answers_were_drawn_from() -> None:
    score = fit_score(draw_answers(20_000, 1))
    weights = dict(zip(score.features, score.weights, strict=True))
    assert weights.pop("lowest_confidence_odds") == pytest.approx(2, abs=0.15)
    assert max(map(abs, weights.values())) < 1e-6
    assert score.bias == pytest.approx(0, abs=0.2)


def test_answers_that_are_doubtful_anyway_have_no_say() -> None:
    answers = draw_answers(4000, 1)
    acceptable = answers.features[:, CONFIDENCE] > 2
    some = answers._replace(acceptable=acceptable, right=np.where(acceptable, answers.right, False))
    again = fit_score(some._replace(right=np.where(acceptable, answers.right, True)))
    assert np.array_equal(fit_score(some).weights, again.weights)
    assert (some.score(again)[~acceptable] == 0).all()
    calibration, _ = add_thresholds(again, some, some)
    assert calibration.test is not None
    assert calibration.test.accepted[0, 0] == acceptable.sum(), "the laxest threshold does not accept them"


def test_the_limit_is_proved_for_all_kinds_together() -> None:
    fitting, testing = draw_answers(4000, 1), draw_answers(8000, 2)
    calibration, (a, b) = add_thresholds(fit_score(fitting), fitting, testing)
    assert calibration.test is not None
    assert calibration.test.sizes.tolist() == [8000]
    assert calibration.looks is not None
    assert (calibration.looks.names, calibration.looks.answers) == (tuple(LOOKS), 8000)
    confidences = calibration.score(testing.features)
    assert (calibration.looks.values[-1, 0], calibration.looks.values[0, 1]) == (
        confidences.max(),
        testing.looks[:, 0].min(),
    )
    assert (a.kind, b.kind) == ("a", "b")
    assert bound_error(a.wrong + b.wrong, a.accepted + b.accepted) <= 0.01
    assert [one.held for one in (a, b)] == [one.bound <= 0.01 for one in (a, b)]
    assert a.accepted + b.accepted == pytest.approx(8000 * calibration.operating_point(0.01).coverage)


def test_a_kind_for_which_it_is_not_proved_is_named() -> None:
    fitting, testing = draw_answers(4000, 1), draw_answers(8000, 2, hard="b")
    calibration, (a, b) = add_thresholds(fit_score(fitting), fitting, testing)
    assert a.wrong / a.accepted < b.wrong / b.accepted
    assert not b.held
    assert calibration.test is not None
    assert len(calibration.test.sizes) == 1


@pytest.mark.parametrize("right", [0, 1])
def test_a_score_needs_both_right_and_wrong_answers(right: int) -> None:
    answers = draw_answers(50, 1)._replace(right=np.full(50, bool(right)))
    with pytest.raises(DataError, match="give more"):
        fit_score(answers)


def test_papers_are_read_and_compared_with_what_is_written(mnist: Dataset) -> None:
    model = load_reader_model()
    some = mnist.train.take(range(59_000, 59_400))
    few = replace(NUMBERS, pen_digits=40)
    papers = list(draw_papers(some, "test", 2, randomness.key(1), few))
    assert [paper.kind for paper in papers] == ["field"] * 2 + ["cheque"] * 2 + ["register"] * 2 + ["plain"] * 2 + [
        "crop"
    ] * 2
    answers = read_papers(model, papers)
    assert answers.features.shape == (len(answers.right), len(FEATURES))
    assert answers.looks.shape == (len(answers.right), len(LOOKS) - 1)
    assert set(answers.groups) <= {paper.kind for paper in papers}
    assert answers.right.any()
    with pytest.raises(ConfigError, match="mnist-nn calibrate MODEL"):
        read_papers(replace(model, calibration=None), papers)


def test_nothing_that_is_read_of_words_is_right(mnist: Dataset) -> None:
    some = mnist.train.take(range(59_000, 59_400))
    words, others = (list(draw_words(some, 3, randomness.key(number))) for number in (1, 2))
    assert [(paper.kind, paper.text) for paper in words] == [("field", "")] * 3 + [("plain", "")] * 3
    assert all(np.ptp(paper.pixels) > 20 for paper in words)
    assert not np.array_equal(words[0].pixels, others[0].pixels)
    assert not read_papers(load_reader_model(), words).right.any()


def test_nothing_to_read_is_said() -> None:
    with pytest.raises(DataError, match="found no number"):
        read_papers(load_reader_model(), [])


def test_the_whole_is_a_function_of_its_key(mnist: Dataset) -> None:
    few = replace(NUMBERS, fitting_per_kind=5, testing_per_kind=4, pen_digits=40)
    some = mnist.train.take(range(59_000, 59_600))
    (one, kinds), (again, _) = (calibrate_numbers(load_reader_model(), some, randomness.key(2), few) for _ in "ab")
    assert np.array_equal(one.weights, again.weights)
    assert one.features == FEATURES
    assert sum(result.answers for result in kinds) > 10
    assert one.looks is not None
    assert again.looks is not None
    assert np.array_equal(one.looks.values, again.looks.values)
    assert one.test is not None
    assert again.test is not None
    assert np.array_equal(one.test.accepted, again.test.accepted)
