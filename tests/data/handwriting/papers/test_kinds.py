import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers.dice import Dice
from mnist_nn.data.handwriting.papers.fields import LAYOUTS
from mnist_nn.data.handwriting.papers.kinds import AMOUNTS, KINDS, Amounts, draw_amount, draw_paper
from mnist_nn.errors import ConfigError
from mnist_nn.util.randomness import key


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_depends_on_key_kind_and_number_only(pool: GlyphPool, kind: str) -> None:
    first = draw_paper(kind, 7, key(3), pool)
    draw_paper(kind, 8, key(3), pool)
    again, next_one, other = (draw_paper(kind, n, key(k), pool) for n, k in ((7, 3), (8, 3), (7, 4)))
    assert (first.text, first.style, first.pixels.tobytes()) == (again.text, again.style, again.pixels.tobytes())
    assert first.pixels.tobytes() != next_one.pixels.tobytes() != other.pixels.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_is_grey_and_has_ink_and_paper(pool: GlyphPool, kind: str) -> None:
    texts = []
    for number in range(25):
        paper = draw_paper(kind, number, key(1), pool)
        assert paper.kind == kind
        assert paper.pixels.dtype == np.uint8
        assert paper.pixels.ndim == 2
        assert np.ptp(paper.pixels) > 40
        texts.append(paper.text)
    low, high = AMOUNTS[kind].digits
    assert all(low <= len(text) <= high and text.isdigit() for text in texts)
    assert len(set(texts)) > 5


def test_fields_come_in_all_layouts_and_crops_in_both_polarities(pool: GlyphPool) -> None:
    assert {draw_paper("field", number, key(2), pool).style for number in range(60)} == set(LAYOUTS)
    crops = [draw_paper("crop", number, key(2), pool) for number in range(60)]
    assert len({crop.style for crop in crops}) > 8


@given(st.integers(0, 10_000), st.integers(1, 9), st.floats(0, 1))
def test_amounts_have_their_number_of_digits(seed: int, count: int, share: float) -> None:
    amount = draw_amount(Dice(key(seed)), Amounts((count, count), round_share=share))
    assert len(amount) == count
    assert not share or amount[0] != "0"


def test_an_unknown_kind_is_refused_with_the_choices(pool: GlyphPool) -> None:
    with pytest.raises(ConfigError, match=r"kind of paper.*field"):
        draw_paper("letter", 0, key(1), pool)
