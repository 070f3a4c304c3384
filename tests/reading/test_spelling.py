"""The ink of each digit of a text that was read as a line: by segments where some fit it, else by columns."""

from itertools import pairwise

import numpy as np
import pytest
from small_sequence_networks import draw_page

from mnist_nn import Dataset
from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.imaging.segment.number_ink import draw_number
from mnist_nn.imaging.segment.numbers import find_numbers
from mnist_nn.reading.decision import DigitCandidate
from mnist_nn.reading.grouping import NumberCandidate
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.reading.spelling import spell_by_columns, spell_by_segments


def number(*offers: tuple[tuple[int, int], dict[int, float]]) -> NumberCandidate:
    """A number with a candidate for each run of segments, of these probabilities."""
    candidates = []
    for segments, chances in offers:
        probabilities = np.zeros(10)
        probabilities[list(chances)] = list(chances.values())
        image = np.zeros((28, 28), np.uint8)
        candidates.append(DigitCandidate(segments, 0.0, (0, 0, 9, 9), image, probabilities, 0.9))
    stops = [stop for (_, stop), _ in offers]
    return NumberCandidate((0, 0, 20, 9), 0, max(stops), (), tuple(candidates))


def test_the_best_way_that_reads_the_text_is_taken() -> None:
    one = number(((0, 1), {4: 0.9}), ((1, 2), {2: 0.9}), ((0, 2), {8: 0.99}))
    found = spell_by_segments(one, "42")
    assert found is not None
    assert [candidate.segments for candidate in found.candidates] == [(0, 1), (1, 2)]
    found = spell_by_segments(one, "8")
    assert found is not None
    assert [candidate.segments for candidate in found.candidates] == [(0, 2)]


def test_a_text_is_spelled_against_the_ink_too() -> None:
    found = spell_by_segments(number(((0, 1), {4: 1.0})), "7")
    assert found is not None
    assert (found.text, found.posteriors[0, 7]) == ("7", 0.0)


@pytest.mark.parametrize("text", ["", "123", "1" * 101])
def test_a_text_with_more_digits_than_segments_is_not_spelled(text: str) -> None:
    assert spell_by_segments(number(((0, 1), {4: 0.9}), ((1, 2), {2: 0.9})), text) is None


def test_ink_is_cut_where_the_digits_of_a_line_part(mnist: Dataset) -> None:
    digits = mnist.train.images[[2, 3, 5]]  # a 4, a 1 and a 2
    model = load_reader_model()
    for scale in (1, 3):
        page = draw_page(digits, scale=scale)
        ink = find_ink(page)
        drawn = draw_number(ink, find_numbers(ink))
        ends = np.array([20, 46, 72, 98]) * scale - drawn.corner[1]
        found = spell_by_columns(ink, drawn, list(pairwise(ends.tolist())), "412", model)
        assert found is not None
        assert [int(candidate.probabilities.argmax()) for candidate in found.candidates] == [4, 1, 2]
        for place, candidate in enumerate(found.candidates):
            rows, columns = (np.flatnonzero(digits[place].any(axis=axis))[[0, -1]] for axis in (1, 0))
            left, top = 20 + 26 * place + columns[0], 16 + rows[0]
            right, bottom = 21 + 26 * place + columns[1], 17 + rows[1]
            expected = np.array([left, top, right, bottom]) * scale
            assert candidate.box == pytest.approx(expected, abs=2 * scale)


def test_a_digit_without_ink_is_not_made_up(mnist: Dataset) -> None:
    ink = find_ink(draw_page(mnist.train.images[[2, 3]], pitch=40))
    drawn = draw_number(ink, find_numbers(ink)[:1])
    assert spell_by_columns(ink, drawn, [(0.0, 1.0), (1.0, 30.0)], "44", load_reader_model()) is None
    assert spell_by_columns(ink, drawn, [(0.0, 30.0)], "44", load_reader_model()) is None
