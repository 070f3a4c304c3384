"""Which of two readings' texts is taken, and what the evidence says of it."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.reading.agreement import (
    SegmentReading,
    TextChoice,
    choose_text,
    collect_evidence,
    collect_readings,
)
from mnist_nn.reading.decision import DigitCandidate
from mnist_nn.reading.evidence import FEATURES
from mnist_nn.reading.parameters import AGREEMENT
from mnist_nn.reading.results import DIGIT, Digit, TextReading
from mnist_nn.reading.sequence.line import Line
from mnist_nn.reading.sequence.reader import SequenceReading


def segments(text: str, probability: float = 0.9, *, is_digit: float = 1.0, cost: float = 0.0) -> SegmentReading:
    digits = tuple(map(int, text))
    posteriors = np.full((len(digits), 10), (1 - probability) / 9)
    posteriors[range(len(digits)), digits] = probability
    image = np.zeros((28, 28), np.uint8)
    candidates = tuple(
        DigitCandidate((place, place + 1), cost, (0, 0, 9, 9), image, row, is_digit)
        for place, row in enumerate(posteriors)
    )
    return SegmentReading(digits, candidates, posteriors, fits=True)


def lines(texts: dict[str, tuple[float, ...]]) -> SequenceReading:
    probabilities = np.array(list(texts.values())).T
    line = Line(np.zeros((32, 40), np.uint8), 1.0, 8, np.arange(22))
    return SequenceReading(tuple(texts), probabilities, np.ones(len(probabilities)), line, np.zeros((20, 11)))


def test_without_lines_the_segments_stand() -> None:
    choice = choose_text(segments("42", 0.9, is_digit=0.5), None)
    assert (choice.text, choice.line_probability, choice.runner_up) == ("42", 1.0, "")
    assert choice.probability == pytest.approx(0.9**2 * 0.5**2)


@pytest.mark.parametrize(("cost", "expected"), [(0.0, "42"), (0.5, "47")])
def test_cut_ink_gives_the_line_more_to_say(cost: float, expected: str) -> None:
    said = lines({"47": (0.6, 0.6), "42": (0.2, 0.2)})
    assert choose_text(segments("42", 0.95, cost=cost), said).text == expected


@pytest.mark.parametrize(("lone", "expected"), [(False, "1"), (True, "7")])
def test_a_lone_digit_is_what_the_network_for_digits_says(lone: bool, expected: str) -> None:
    said = lines({"1": (0.9, 0.9), "7": (0.1, 0.1)})
    assert choose_text(segments("7", 0.8), said, lone=lone).text == expected


def test_lines_that_are_sure_of_another_length_win_over_segments_that_are_not() -> None:
    choice = choose_text(segments("2", 0.976, is_digit=0.6), lines({"2000": (0.99, 0.97), "2": (0.001, 0.001)}))
    assert (choice.text, choice.runner_up) == ("2000", "2")
    assert choice.line_probability == pytest.approx(0.98)


@given(st.floats(0.01, 1), st.floats(0.0, 1), st.floats(0.0, 2))
def test_segments_weigh_the_product_of_their_digits(probability: float, is_digit: float, cost: float) -> None:
    found = segments("123", probability, is_digit=is_digit, cost=cost).weigh(["123", "12", "124"])
    sure = is_digit**3
    other = (1 - probability) / 9
    assert found == pytest.approx([probability**3 * sure, 0.0, probability**2 * other * sure])


def collect(
    choice: TextChoice, taken: SegmentReading, said: SequenceReading | None, **settings: Any
) -> dict[str, float]:
    options = {"agree": True} | settings
    evidence = collect_evidence(choice, taken, said, decided(taken, [0.8, 0.7]), **options)
    return asdict(evidence)


def decided(taken: SegmentReading, confidences: list[float], widths: tuple[int, ...] = (9, 9)) -> list[Digit]:
    return [
        Digit(
            text=str(digit),
            probability=float(candidate.probabilities[digit]),
            is_digit=candidate.is_digit,
            confidence=confidence,
            box=(20 * place, 0, 20 * place + width, 12),
            decision=DIGIT,
            image=candidate.image,
            alternatives=(),
            reason="",
        )
        for place, (digit, candidate, confidence, width) in enumerate(
            zip(taken.digits, taken.candidates, confidences, widths, strict=True)
        )
    ]


def test_the_evidence_of_two_readings_that_agree() -> None:
    taken, said = segments("42", 0.9, is_digit=0.95), lines({"42": (0.9, 0.8), "47": (0.05, 0.1)})
    found = collect(choose_text(taken, said), taken, said)
    assert found["log_line_lowest"] == pytest.approx(np.log(0.8))
    assert found["log_line_highest"] == pytest.approx(np.log(0.9))
    assert (found["has_lines"], found["lines_agree"], found["segments_agree"]) == (1, 1, 1)
    assert (found["lowest_is_digit"], found["lowest_confidence"], found["digits"]) == (0.95, 0.7, 2)
    assert found["log_segments"] == pytest.approx(np.log(0.9**2 * 0.95**2))
    mixture = 0.5 * 0.9**2 * 0.95**2 + 0.5 * 0.85, 0.5 * 0.9 * (0.1 / 9) * 0.95**2 + 0.5 * 0.075
    assert found["margin"] == pytest.approx(np.log(mixture[0] / mixture[1]))


def test_networks_that_differ_do_not_agree() -> None:
    taken, said = segments("42"), lines({"42": (0.9, 0.2), "47": (0.05, 0.7)})
    found = collect(choose_text(taken, said), taken, said)
    assert found["lines_agree"] == 0
    assert found["log_line_lowest"] == pytest.approx(np.log(0.2))


def test_without_lines_their_features_add_nothing_to_a_score() -> None:
    taken = segments("42")
    evidence = collect_evidence(choose_text(taken, None), taken, None, decided(taken, [0.8, 0.7]), agree=True)
    found = dict(zip(FEATURES, evidence.features.tolist(), strict=True))
    assert all(found[name] == 0 for name in FEATURES if "line" in name)
    assert np.isfinite(list(found.values())).all()


def test_the_evidence_of_digits_is_of_the_weakest_and_of_their_sizes() -> None:
    taken = segments("472", 0.9)
    digits = decided(taken, [0.9, 0.5, 0.7], widths=(6, 18, 9))
    found = asdict(collect_evidence(choose_text(taken, None), taken, None, digits, agree=True))
    assert (found["lowest_confidence"], found["second_confidence"]) == (0.5, 0.7)
    assert found["log_confidences"] == pytest.approx(np.log(0.9 * 0.5 * 0.7))
    assert (found["lowest_probability"], found["sevens_probability"]) == pytest.approx((0.9, 0.9))
    assert (found["widest_in_heights"], found["widest_in_widths"], found["lowest_in_heights"]) == (1.5, 2, 1)


def test_logarithms_have_a_floor() -> None:
    taken, said = segments("42", is_digit=0.0), lines({"47": (1.0, 1.0), "42": (0.0, 0.0)})
    found = collect(TextChoice("42", 0.0, 0.0, 0.0, "47"), taken, said, agree=False)
    floor = AGREEMENT.least_log_probability
    assert (found["log_line_lowest"], found["log_segments"]) == pytest.approx((floor, floor))


def test_each_reading_is_said_with_what_it_gives_its_own_text() -> None:
    readings = collect_readings(segments("42", 0.9, is_digit=0.5), lines({"47": (0.6, 0.3), "42": (0.2, 0.4)}))
    assert readings.networks == (TextReading("47", 0.6), TextReading("42", 0.4))
    assert readings.segments.text == "42"
    assert readings.segments.probability == pytest.approx(0.9**2 * 0.5**2)
    assert readings.as_line
    assert not collect_readings(segments("4"), None).as_line
