"""What is measured of numbers, and what is said where they do not look like those calibrated on."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn import Dataset
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.likeness import LooksSummary, summarize_looks
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.reading.looks import (
    LOOKS,
    compare_page,
    describe_unlike,
    find_unlike,
    measure_looks,
    summarize_numbers,
)
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.reading.results import Number

MARGINAL = NumberCalibration(("lowest_confidence_odds",), np.array([1.0]), 0.0, np.array([[0.5, 0.01, 0.9]]))


def draw_page(dataset: Dataset, first: int, *, times: int = 1) -> np.ndarray:
    """Eight numbers of three digits in two columns, each digit so many times as large as MNIST's."""
    page = np.full((200, 260), 255, np.uint8)
    for number in range(8):
        for place in range(3):
            left, top = 14 + 130 * (number % 2) + 24 * place, 12 + 46 * (number // 2)
            page[top : top + 28, left : left + 28] -= dataset.test.images[first + 3 * number + place]
    return np.kron(page, np.ones((times, times), np.uint8))


@pytest.fixture(scope="module")
def numbers(mnist: Dataset) -> tuple[Number, ...]:
    model = replace(load_reader_model(), number_calibration=MARGINAL)
    return tuple(number for first in (0, 24, 48) for number in Reader(model)(draw_page(mnist, first)).numbers)


@pytest.fixture(scope="module")
def summary(numbers: tuple[Number, ...]) -> LooksSummary:
    """Of these numbers, each as often as it takes to have p-values that are small enough."""
    often = [*numbers] * 60
    return summarize_numbers(np.array([number.confidence for number in often]), measure_looks(often))


def test_what_is_measured_is_what_the_number_has(numbers: tuple[Number, ...]) -> None:
    rows = measure_looks(numbers)
    assert rows.shape == (len(numbers), len(LOOKS) - 1)
    for number, (is_digit, digits, cost, height, pen) in zip(numbers, rows, strict=True):
        assert is_digit == min(digit.is_digit for digit in number.digits)
        assert digits == len(number.digits)
        assert number.evidence is not None
        assert cost == number.evidence.cost
        assert height == number.box[3] - number.box[1]
        assert 1 < pen < 5
    assert measure_looks([]).shape == (0, len(LOOKS) - 1)


def test_a_page_like_those_calibrated_on_is_not_called_unlike(mnist: Dataset, summary: LooksSummary) -> None:
    model = replace(load_reader_model(), number_calibration=replace(MARGINAL, looks=summary))
    reading = Reader(model)(draw_page(mnist, 24))
    assert reading.looks is not None
    assert reading.looks.numbers == len(reading.numbers) >= 5
    assert reading.unlike == ()


@pytest.mark.parametrize("turns", [0, 1])
def test_a_page_with_larger_numbers_is_called_so_which_way_up_it_may_be(
    mnist: Dataset, summary: LooksSummary, turns: int
) -> None:
    model = replace(load_reader_model(), number_calibration=replace(MARGINAL, looks=summary))
    reading = Reader(model)(np.ascontiguousarray(np.rot90(draw_page(mnist, 24, times=3), turns)))
    assert reading.turned == 90 * turns
    assert reading.unlike == ("height",)


def test_few_numbers_and_models_without_a_summary_say_nothing(
    numbers: tuple[Number, ...], summary: LooksSummary
) -> None:
    tall = [replace(number, box=(0, 0, 30, 900)) for number in numbers]
    few, enough = compare_page(summary, tall[:4]), compare_page(summary, tall[:5])
    assert few is not None
    assert enough is not None
    assert (few.unlike, enough.unlike) == ((), ("height",))
    assert find_unlike(summary, [few, few]) == ("height",), "two pages together have enough"
    assert find_unlike(None, []) == ()
    assert compare_page(None, numbers) is None
    assert compare_page(summary, ()) is None
    assert Reader()(np.full((40, 40), 255, np.uint8)).unlike == ()


def test_a_summary_of_other_features_is_refused(numbers: tuple[Number, ...]) -> None:
    other = summarize_looks(("ink",), np.arange(9.0)[:, None])
    with pytest.raises(ConfigError, match="another version"):
        compare_page(other, numbers)


def test_every_feature_is_said_by_name() -> None:
    assert describe_unlike(()) == ""
    said = describe_unlike(tuple(LOOKS))
    assert all(look.called in said for look in LOOKS.values())
