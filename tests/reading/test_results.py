"""A number is as good as the worst of its digits, a page as the worst of its numbers."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, NOTHING, Digit, Number, Reading, find_worst, percent

IMAGE = np.zeros((28, 28), np.uint8)
SURE = Digit("1", 1.0, 1.0, 1.0, (0, 0, 9, 9), DIGIT, IMAGE, (), "")
UNSURE = replace(SURE, text="2", probability=0.6, confidence=0.6, decision=DOUBTFUL, reason="it may be a 7 (40 %)")
NONE = replace(SURE, text="3", is_digit=0.1, confidence=0.1, decision=NOT_A_DIGIT, reason="it does not look like one")


def test_a_number_is_as_good_as_its_worst_digit() -> None:
    assert Number.of([SURE, SURE], (0, 0, 1, 1), 0).decision == DIGIT
    assert Number.of([SURE, SURE], (0, 0, 1, 1), 0, "it breaks a rule").decision == DOUBTFUL
    assert Number.of([SURE, UNSURE], (0, 0, 1, 1), 0).decision == DOUBTFUL
    number = Number.of([NONE, SURE, UNSURE], (0, 0, 1, 1), 0)
    assert (number.text, number.decision) == ("312", NOT_A_DIGIT)
    assert number.confidence == pytest.approx(0.06)


def test_a_page_is_as_good_as_its_worst_number() -> None:
    ink = find_ink(np.full((20, 20), 200, np.uint8))
    good, doubtful = (Number.of(digits, (0, 0, 1, 1), line) for line, digits in enumerate(([SURE], [SURE, UNSURE])))
    page = Reading("a.png", 1, (good, doubtful), ink)
    assert (page.text, page.decision) == ("1\n12", DOUBTFUL)
    assert Reading("a.png", 1, (), ink).decision == NOTHING


def test_decisions_and_shares_in_words() -> None:
    assert find_worst([DIGIT, NOT_A_DIGIT, DOUBTFUL]) == NOT_A_DIGIT
    assert [percent(share) for share in (0.0, 0.5, 1.0)] == ["< 1 %", "50 %", "> 99 %"]
