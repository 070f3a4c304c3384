"""The features of a number, by name and in order."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.reading.evidence import FEATURES, NumberEvidence, log_odds

EVIDENCE = NumberEvidence(
    has_lines=1.0,
    log_line_lowest=math.log(0.8),
    log_line_highest=math.log(0.9),
    lines_agree=1.0,
    segments_agree=1.0,
    log_segments=math.log(0.7),
    margin=3.0,
    lowest_is_digit=0.6,
    mean_is_digit=0.75,
    lowest_confidence=0.5,
    second_confidence=0.9,
    log_confidences=math.log(0.4),
    lowest_probability=0.8,
    sevens_probability=0.9,
    widest_in_heights=0.8,
    widest_in_widths=1.5,
    lowest_in_heights=0.7,
    digits=6.0,
    cost=2.5,
)


def test_features_are_taken_by_name_or_all_in_order() -> None:
    found = dict(zip(FEATURES, EVIDENCE.features.tolist(), strict=True))
    assert found["line_lowest_odds"] == pytest.approx(math.log(0.8 / 0.2))
    assert found["mean_is_digit_odds"] == pytest.approx(math.log(3))
    assert found["lowest_confidence_odds"] == pytest.approx(0)
    assert (found["line_margin"], found["digits"], found["cost"], found["is_cut"]) == (3, 6, 2.5, 1)
    assert (found["digits_beyond"], found["lone_confidence_beyond"]) == (2, 0)
    assert EVIDENCE.take(["cost", "digits"]).tolist() == [2.5, 6]


def test_without_lines_their_features_say_nothing() -> None:
    without = replace(EVIDENCE, has_lines=0.0, log_line_lowest=0.0, log_line_highest=0.0, margin=20.0)
    found = dict(zip(FEATURES, without.features.tolist(), strict=True))
    assert {name for name, value in found.items() if "line_" in name and value} == set()
    assert found["digits_beyond"] == 0


def test_a_lone_digit_that_is_surer_than_most_counts_twice() -> None:
    lone = replace(EVIDENCE, digits=1.0, lowest_confidence=0.99)
    found = dict(zip(FEATURES, lone.features.tolist(), strict=True))
    assert found["lone_confidence_odds"] == pytest.approx(math.log(99))
    assert found["lone_confidence_beyond"] == pytest.approx(math.log(99) - 2)


def test_what_was_overlooked_shows_in_the_sizes_up_to_a_bound() -> None:
    found = dict(zip(FEATURES, replace(EVIDENCE, widest_in_heights=9.0).features.tolist(), strict=True))
    assert (found["widest_in_heights"], found["widest_in_widths"], found["lowest_in_heights"]) == (3, 1.5, 0.7)


@given(st.floats(0, 1), st.floats(0, 1))
def test_odds_rise_with_the_probability_and_stay_finite(one: float, other: float) -> None:
    assert (log_odds(one) <= log_odds(other)) == (one <= other) or log_odds(one) == log_odds(other)
    assert np.isfinite([log_odds(one), log_odds(other)]).all()
