"""Grey pictures of one handwritten number each, with the right answer: fields, cheques, registers, plain paper, crops.

Readers are calibrated, measured and tested with these pictures. Each picture is a pure function of a key, its kind, its
number and the glyphs; none is a photo. The glyphs decide whose handwriting it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers.cheques import draw_cheque
from mnist_nn.data.handwriting.papers.crops import SCALES, cut_digit
from mnist_nn.data.handwriting.papers.dice import Dice
from mnist_nn.data.handwriting.papers.fields import LAYOUTS, draw_field
from mnist_nn.data.handwriting.papers.plain import RULINGS, draw_plain
from mnist_nn.data.handwriting.papers.registers import draw_register
from mnist_nn.data.handwriting.papers.writing import WritingRanges, draw_hand, write_apart
from mnist_nn.errors import unknown
from mnist_nn.util.randomness import Key, fold

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Paper:
    """A picture, uint8 of shape (height, width), and the number in it; ``style`` is the variant of its kind."""

    kind: str
    style: str
    text: str
    pixels: Pixels


class Amounts(NamedTuple):
    """The numbers on a kind of paper."""

    digits: tuple[int, int]
    round_share: float = 0.0
    """Share of the amounts that end in zeros: from two zeros to all digits but one."""


AMOUNTS = {
    "field": Amounts((1, 10)),
    "cheque": Amounts((3, 8), round_share=0.55),
    "register": Amounts((1, 5)),
    "plain": Amounts((1, 8)),
    "crop": Amounts((1, 1)),
}
"""Fields: from a mark to an account number. Cheques: 100 to 99,999,999. Registers: ages, years, house numbers."""

STANDARD_HEIGHT = 20  # MNIST's own digits, in pixels; crops are this high, or so many times


def draw_paper(kind: str, number: int, key: Key, pool: GlyphPool) -> Paper:
    """Draw one picture.

    Parameters
    ----------
    kind
        One of KINDS.
    number
        The number of the picture; each has its own draws.
    key
        The random key for everything else.
    pool
        Where the digits come from.

    Raises
    ------
    ConfigError
        There is no such kind.
    """
    if kind not in KINDS:
        raise unknown("kind of paper", kind, KINDS)
    dice = Dice(fold(key, list(KINDS).index(kind), number))
    text = draw_amount(dice, AMOUNTS[kind])
    style, pixels = KINDS[kind](text, pool, dice)
    return Paper(kind, style, text, pixels)


def draw_amount(dice: Dice, amounts: Amounts) -> str:
    """Draw a number; round ones do not begin with a zero.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> amount = draw_amount(Dice(key(5)), Amounts((4, 4), round_share=1.0))
    >>> len(amount), amount[-2:], amount[0] != "0"
    (4, '00', True)
    """
    count = dice.whole(*amounts.digits)
    digits = [str(dice.whole(0, 9)) for _ in range(count)]
    if not amounts.round_share:
        return "".join(digits)
    digits[0] = str(dice.whole(1, 9))
    zeros = dice.whole(2, count - 1) if dice.chance(amounts.round_share) and count > 2 else 0  # noqa: PLR2004 - two zeros
    return "".join(digits[: count - zeros]) + "0" * zeros


def _field(text: str, pool: GlyphPool, dice: Dice) -> tuple[str, Pixels]:
    layout = dice.choose(list(LAYOUTS))
    return layout, draw_field(text, layout, pool, dice)


def _cheque(text: str, pool: GlyphPool, dice: Dice) -> tuple[str, Pixels]:
    return "amount", draw_cheque(text, pool, dice)


def _register(text: str, pool: GlyphPool, dice: Dice) -> tuple[str, Pixels]:
    return "cell", draw_register(text, pool, dice)


def _plain(text: str, pool: GlyphPool, dice: Dice) -> tuple[str, Pixels]:
    ruling = dice.choose(RULINGS)
    return ruling, draw_plain(text, ruling, pool, dice)


def _crop(text: str, pool: GlyphPool, dice: Dice) -> tuple[str, Pixels]:
    writing = replace(WritingRanges(), height_px=(STANDARD_HEIGHT, STANDARD_HEIGHT), spread=0.0)
    (patch,) = write_apart(text, pool, draw_hand(pool, dice, writing), dice, writing)
    scale, dark = dice.choose(SCALES), dice.chance(0.5)
    pixels = cut_digit(np.rint(255 * patch.ink).astype(np.uint8), scale, dark_on_light=dark)
    return f"×{scale}, {'dark on light' if dark else 'light on dark'}", pixels


KINDS: dict[str, Callable[[str, GlyphPool, Dice], tuple[str, Pixels]]] = {
    "field": _field,
    "cheque": _cheque,
    "register": _register,
    "plain": _plain,
    "crop": _crop,
}
