"""Every decision follows from what the network said, what the number's checksum adds, and how the ink was cut."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.reading.decision import DigitCandidate, Thresholds, decide, probability_of_constraint
from mnist_nn.reading.parameters import READING, ReadingParameters
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, Digit

IMAGE = np.zeros((28, 28), np.uint8)


def share_of(**p: float) -> npt.NDArray[np.float64]:
    """Probabilities by the names p0 to p9."""
    probabilities = np.zeros(10)
    probabilities[[int(name[1]) for name in p]] = list(p.values())
    return probabilities


def decided(
    digit: int,
    is_digit: float = 1.0,
    *,
    posterior: npt.NDArray[np.float64] | None = None,
    segmentation: float = 1.0,
    parameters: ReadingParameters = READING,
    **p: float,
) -> Digit:
    """Decide about a candidate whose cost takes so much off its confidence."""
    probabilities = share_of(**p)
    cost = -math.log(segmentation) / parameters.nats_per_cost
    candidate = DigitCandidate((0, 1), cost, (0, 0, 9, 9), IMAGE, probabilities, is_digit)
    known = probabilities if posterior is None else posterior
    return decide(candidate, digit, known, Thresholds(confidence=0.9, is_digit=0.2), parameters)


@pytest.mark.parametrize(
    ("found", "decision", "reasons"),
    [
        (decided(4, p4=1.0), DIGIT, []),
        (decided(4, 0.91, p4=1.0), DIGIT, []),
        (decided(4, p4=0.6, p9=0.4), DOUBTFUL, ["it may be a 9 (40 %)"]),
        (decided(4, 0.5, p4=1.0), DOUBTFUL, ["it may not be a digit (50 % sure that it is one)"]),
        (decided(4, 0.93, p4=0.95, p9=0.05), DOUBTFUL, ["it may not be a digit (93 % sure that it is one)"]),
        (
            decided(4, 0.5, p4=0.6, p1=0.4, segmentation=0.7),
            DOUBTFUL,
            ["it may not be a digit (50 % sure that it is one)", "it may be a 1 (40 %)", "its ink was cut"],
        ),
        (decided(4, 0.95, p4=0.97, p8=0.03, segmentation=0.8), DOUBTFUL, ["its ink was cut"]),
        (decided(4, 0.98, p4=0.91, p8=0.09), DOUBTFUL, ["it may be an 8 (9 %)"]),
        (decided(4, 0.1, p4=1.0), NOT_A_DIGIT, ["it does not look like a digit (10 % sure that it is one)"]),
        (decided(4, p9=0.7, p4=0.3, posterior=share_of(p4=1.0)), DIGIT, []),
        (
            decided(4, p9=0.7, p4=0.3, posterior=share_of(p4=0.8, p9=0.2)),
            DOUBTFUL,
            ["it may be a 9 (20 %)", "it looks more like a 9 (70 %), which does not fit the number"],
        ),
    ],
)
def test_every_decision_has_its_reasons(found: Digit, decision: str, reasons: list[str]) -> None:
    assert (found.text, found.decision) == ("4", decision)
    given = found.reason.split("; ") if found.reason else []
    assert len(given) == len(reasons)
    assert all(one.startswith(expected) for one, expected in zip(given, reasons, strict=True))


def test_alternatives_are_the_other_digits_that_it_might_be() -> None:
    digit = decided(4, p4=0.6, p9=0.3, p1=0.0995, p7=0.0005)
    assert digit.alternatives == (("9", 0.3), ("1", 0.0995))
    assert digit.probability == 0.6


def test_what_counts_as_an_alternative_and_what_a_cost_takes_off_can_be_varied() -> None:
    strict = ReadingParameters(least_alternative=0.2, nats_per_cost=6.0)
    digit = decided(4, p4=0.6, p9=0.3, p1=0.1, parameters=strict)
    assert digit.alternatives == (("9", 0.3),)
    candidate = DigitCandidate((0, 1), 0.1, (0, 0, 9, 9), IMAGE, share_of(p4=1.0), 1.0)
    for parameters in (READING, strict):
        found = decide(candidate, 4, share_of(p4=1.0), Thresholds(0.9, 0.2), parameters)
        assert found.confidence == pytest.approx(math.exp(-0.1 * parameters.nats_per_cost))


@given(st.integers(1, 6), st.integers(0, 2**32 - 1), st.floats(0.5, 9))
def test_a_constraint_is_trusted_less_the_further_it_bends_the_ink(count: int, key: int, nats: float) -> None:
    random = np.random.default_rng(key)
    ink = random.dirichlet(np.ones(10), count)
    likeliest = ink.argmax(axis=1).tolist()
    parameters = ReadingParameters(violation_nats=nats)
    assert probability_of_constraint(ink, likeliest, parameters) == 1.0
    bent = list(likeliest)
    last = 1.0
    for place in range(count):  # one digit more with each step is not what the ink looks like
        bent[place] = int(ink[place].argmin())
        found = probability_of_constraint(ink, bent, parameters)
        assert 0 < found < last
        last = found
    bend = np.log(ink.max(axis=1) / ink.min(axis=1)).sum()
    assert last == pytest.approx(1 / (1 + np.exp(bend - nats) - np.exp(-nats)))


def test_a_digit_that_the_ink_has_nothing_of_is_surely_wrong() -> None:
    assert probability_of_constraint(np.array([share_of(p7=1.0), share_of(p1=1.0)]), [3, 1]) == 0.0
