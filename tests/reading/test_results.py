import numpy as np
import pytest

from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, Digit, Evidence, Number, judge

IMAGE = np.zeros((28, 28), np.uint8)


def seen(
    is_digit: float = 1.0, *, informed: dict[int, float] | None = None, stands: float = 1.0, **p: float
) -> Evidence:
    probabilities = np.zeros(10)
    probabilities[[int(name[1]) for name in p]] = list(p.values())
    known = probabilities.copy()
    if informed:
        known[:] = 0
        known[list(informed)] = list(informed.values())
    return Evidence((0, 0, 9, 9), IMAGE, probabilities, is_digit, known, stands)


def judged(evidence: Evidence, digit: int) -> Digit:
    return judge(evidence, digit, threshold=0.9, not_a_digit=0.2)


@pytest.mark.parametrize(
    ("evidence", "verdict", "reasons"),
    [
        (seen(p4=1.0), DIGIT, []),
        (seen(0.91, p4=1.0), DIGIT, []),
        (seen(p4=0.6, p9=0.4), DOUBTFUL, ["it may be a 9 (40 %)"]),
        (seen(0.5, p4=1.0), DOUBTFUL, ["it may be no digit (50 % that it is one)"]),
        (seen(0.93, p4=0.95, p9=0.05), DOUBTFUL, ["it may be no digit (93 % that it is one)"]),
        (
            seen(0.5, p4=0.6, p1=0.4, stands=0.7),
            DOUBTFUL,
            ["it may be no digit (50 % that it is one)", "it may be a 1 (40 %)", "its ink was cut"],
        ),
        (seen(0.95, p4=0.97, p8=0.03, stands=0.8), DOUBTFUL, ["its ink was cut"]),
        (seen(0.98, p4=0.91, p8=0.09), DOUBTFUL, ["it may be an 8 (9 %)"]),
        (seen(0.1, p4=1.0), NOT_A_DIGIT, ["it looks like no digit (10 % that it is one)"]),
        (seen(p9=0.7, p4=0.3, informed={4: 1.0}), DIGIT, []),
        (
            seen(p9=0.7, p4=0.3, informed={4: 0.8, 9: 0.2}),
            DOUBTFUL,
            ["it may be a 9 (20 %)", "it looks more like a 9 (70 %), which does not fit the number"],
        ),
    ],
)
def test_every_verdict_has_its_reasons(evidence: Evidence, verdict: str, reasons: list[str]) -> None:
    digit = judged(evidence, 4)
    assert (digit.text, digit.verdict) == ("4", verdict)
    found = digit.reason.split("; ") if digit.reason else []
    assert len(found) == len(reasons)
    assert all(given.startswith(expected) for given, expected in zip(found, reasons, strict=True))


def test_alternatives_are_the_other_digits_that_it_might_be() -> None:
    digit = judged(seen(p4=0.6, p9=0.3, p1=0.0995, p7=0.0005), 4)
    assert digit.alternatives == (("9", 0.3), ("1", 0.0995))
    assert digit.probability == 0.6


def test_a_number_is_as_good_as_its_worst_digit() -> None:
    sure, doubtful, none = judged(seen(p1=1.0), 1), judged(seen(p2=0.6), 2), judged(seen(0.1, p3=1.0), 3)
    assert Number.of([sure, sure], (0, 0, 1, 1), 0).verdict == DIGIT
    assert Number.of([sure, sure], (0, 0, 1, 1), 0, "it breaks a rule").verdict == DOUBTFUL
    assert Number.of([sure, doubtful], (0, 0, 1, 1), 0).verdict == DOUBTFUL
    number = Number.of([none, sure, doubtful], (0, 0, 1, 1), 0)
    assert (number.text, number.verdict) == ("312", NOT_A_DIGIT)
    assert number.confidence == pytest.approx(0.06)
