"""Thresholds on labelled answers that depend on each other: the level holds, simulated with the truth known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.evaluation.selective import SELECTIVE, ThresholdTest, count_thresholds
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.network import Network
from mnist_nn.reading.calibrate_labelled import (
    calibrate_labelled,
    check_enough,
    draw_one_each,
    fits_score,
    prove_thresholds,
)
from mnist_nn.reading.calibrate_numbers import Answers
from mnist_nn.reading.evidence import FEATURES
from mnist_nn.reading.looks import LOOKS
from mnist_nn.util import randomness

CONFIDENCE = FEATURES.index("lowest_confidence_odds")
LIMIT = 0.02
WORST = 0.08  # share of errors where the confidence is 0; at s it is WORST (1 - s)²
THRESHOLDS = np.linspace(0, 0.99, 100)
SCORE = NumberCalibration(FEATURES, np.eye(len(FEATURES))[CONFIDENCE], 0.0, np.array([[0.5, 0.01, 0.9]]))
LEAST_THRESHOLD = 1 - (3 * LIMIT / WORST) ** 0.5
"""From here on errors among the accepted are at or below the limit: above t they are WORST (1 - t)² / 3."""


def draw_answers(run: int, writers: int, each: int) -> Answers:
    """Answers with even confidences; what one writer is read wrongly by, they are in everything as sure."""
    keys = [randomness.fold(randomness.key(12), run, part) for part in range(3)]
    confidence = randomness.uniform(keys[0], writers * each)
    bad_luck = np.repeat(randomness.uniform(keys[1], writers), each)
    features = np.zeros((writers * each, len(FEATURES)))
    features[:, CONFIDENCE] = np.log(confidence / (1 - confidence))
    looks = randomness.normal(keys[2], writers * each * (len(LOOKS) - 1)).reshape(writers * each, -1)
    names = tuple(f"writer {number // each}" for number in range(writers * each))
    right = bad_luck >= WORST * (1 - confidence) ** 2
    return Answers(features, looks, right, np.ones(len(right), bool), names)


def is_broken(test: ThresholdTest | None) -> bool:
    assert test is not None
    try:
        return test.operating_point(LIMIT).threshold < LEAST_THRESHOLD - 1e-9
    except ConfigError:
        return False


def test_the_level_holds_for_answers_that_depend_on_their_writers_and_would_not_if_all_were_counted() -> None:
    runs, broken, naive = 120, 0, 0
    for run in range(runs):
        answers = draw_answers(run, writers=200, each=40)
        drawn = draw_one_each(answers.groups, randomness.key(run))
        scores = answers.score(SCORE)
        broken += is_broken(count_thresholds(THRESHOLDS, [(scores[drawn], answers.right[drawn])]))
        naive += is_broken(count_thresholds(THRESHOLDS, [(scores, answers.right)]))
    most = binom.ppf(0.999, runs, SELECTIVE.level)
    assert broken <= most < naive


def test_thresholds_are_tested_on_one_answer_of_each_writer() -> None:
    answers = draw_answers(0, writers=300, each=5)
    calibration = prove_thresholds(SCORE, THRESHOLDS, answers, randomness.key(1))
    assert calibration.test is not None
    assert calibration.test.sizes.tolist() == [300]
    assert calibration.looks is not None
    assert (calibration.looks.answers, calibration.looks.units) == (1500, 300)
    again = prove_thresholds(SCORE, THRESHOLDS, answers, randomness.key(1))
    assert again.test is not None
    assert np.array_equal(again.test.accepted, calibration.test.accepted)


def test_every_answer_of_a_writer_is_drawn_about_as_often() -> None:
    counts = np.zeros(9, int)
    for seed in range(300):
        rows = draw_one_each(list("abbbbcccc"), randomness.key(seed))
        assert len(rows) == 3
        counts[rows] += 1
    assert counts[0] == 300
    assert all(50 <= count <= 100 for count in counts[1:])  # 75 on average, 7.5 the standard deviation


def model(own: NumberCalibration | None) -> Model:
    return Model(Network.create(), number_calibration=own)


def test_the_models_own_score_stays_unless_plenty_are_left_to_test_a_new_one() -> None:
    own = replace(SCORE, test=count_thresholds(THRESHOLDS, [(np.linspace(0, 1, 900), np.ones(900, bool))]))
    few = calibrate_labelled(model(own), draw_answers(1, 300, 4), 0.05, randomness.key(0))
    assert few.test is not None
    assert few.test.sizes.tolist() == [300], "59 prove 5 %, and plenty are 236: two thirds of 300 are not"
    plenty = calibrate_labelled(model(own), draw_answers(1, 400, 4), 0.05, randomness.key(0))
    assert plenty.test is not None
    assert plenty.test.sizes.tolist() == [267]
    assert not np.array_equal(plenty.weights, own.weights)
    assert np.array_equal(few.weights, own.weights)
    older = replace(own, features=("lowest_confidence_odds",), weights=np.ones(1))
    same = calibrate_labelled(model(older), draw_answers(1, 300, 4), 0.05, randomness.key(0))
    assert same.test is not None
    assert np.array_equal(same.test.accepted, few.test.accepted), "a score of fewer features is one too"


def test_a_model_without_a_score_gets_one_and_needs_wrong_answers_for_it() -> None:
    made = calibrate_labelled(model(None), draw_answers(2, 450, 4), 0.02, randomness.key(0))
    assert made.features == FEATURES
    assert made.test is not None
    assert made.test.answers == 300
    answers = draw_answers(2, 450, 4)
    right = answers._replace(right=np.ones(1800, bool))
    with pytest.raises(DataError, match="give more"):
        calibrate_labelled(model(None), right, 0.02, randomness.key(0))
    kept = calibrate_labelled(model(SCORE), right, 0.05, randomness.key(0))
    assert np.array_equal(kept.weights, SCORE.weights), "nothing can be learned from answers that are all right"
    assert kept.operating_point(0.05).wrong == 0


@pytest.mark.parametrize(
    ("own", "units", "message"),
    [
        (
            SCORE,
            40,
            "40 writers can prove a limit of 0.0722 at best, but 0.01 takes 299 writers; label more, or ask for",
        ),
        (
            None,
            60,
            "60 writers, 40 of which test the thresholds, can prove a limit of 0.0722 at best, but 0.01 takes 448",
        ),
    ],
)
def test_too_few_are_refused_with_what_they_prove_and_what_it_takes(
    own: NumberCalibration | None, units: int, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        check_enough(model(own), units, "writer", 0.01)
    assert message in str(caught.value)
    least = float(str(caught.value).rpartition(" ")[2])
    check_enough(model(own), units, "writer", least)


@pytest.mark.parametrize("own", [SCORE, None])
@pytest.mark.parametrize("limit", [0.3, 0.05, 0.01, 0.001])
def test_so_many_units_as_it_takes_are_enough_and_one_fewer_is_not(own: NumberCalibration | None, limit: float) -> None:
    with pytest.raises(ConfigError) as caught:
        check_enough(model(own), 1, "page", limit)
    takes = int(str(caught.value).partition(" takes ")[2].partition(" ")[0].replace(",", ""))
    check_enough(model(own), takes, "page", limit)
    with pytest.raises(ConfigError):
        check_enough(model(own), takes - 1, "page", limit)
    assert fits_score(model(own), 1, limit) == (own is None)
