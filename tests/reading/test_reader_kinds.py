"""Pictures of the kinds in which handwriting arrives, drawn with a few strokes: each is accepted, or known to fail.

A kind that is not accepted is marked with the reason; the mark is strict, so whoever mends it takes the mark off.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from benchmarks.reading import kinds
from benchmarks.reading.kinds import Pixels
from PIL import Image

from mnist_nn.reading.reader import Reader


@dataclass(frozen=True)
class Kind:
    """A picture with its answer, and what is known to be wrong with reading it."""

    draw: Callable[[list[Image.Image]], tuple[Pixels, str]]
    doubtful: str = ""


KINDS = [
    Kind(kinds.box_sides),
    Kind(kinds.box_of_three_pixels),
    Kind(kinds.number_cut_at_its_ink),
    Kind(kinds.three_cut_at_its_box),
    Kind(kinds.one_white_on_black_cut_at_its_box),
    Kind(kinds.safety_pattern),
    Kind(kinds.one_with_a_flag, doubtful="some write a seven so"),
    Kind(kinds.crossed_curled_seven),
    Kind(kinds.long_tail),
    Kind(kinds.bold_grid),
    Kind(kinds.sideways_page),
    Kind(kinds.touching_zeros),
    Kind(kinds.dash_after_an_amount),
    Kind(kinds.small_zeros),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.draw.__name__)
def test_a_kind_is_read_right(digits: list[Image.Image], reader: Reader, kind: Kind) -> None:
    page, truth = kind.draw(digits)
    assert reader(page).text.split() == truth.split()


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.xfail(strict=True, reason=kind.doubtful)) if kind.doubtful else kind
        for kind in KINDS
    ],
    ids=lambda kind: kind.draw.__name__,
)
def test_a_kind_is_accepted(digits: list[Image.Image], reader: Reader, kind: Kind) -> None:
    assert reader(kind.draw(digits)[0]).decision == "digit"


def test_every_kind_that_is_drawn_is_tested() -> None:
    assert tuple(kind.draw for kind in KINDS) == kinds.KINDS
