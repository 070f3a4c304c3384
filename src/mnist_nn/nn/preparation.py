"""The preparation of pictures before the first layer, written as text such as ``deskew,crop=24,pool=2``.

The text is parsed and checked here, and nothing is computed: `mnist_nn.data.deskewing` deskews pictures, and
`mnist_nn.engines.preparation` does the linear steps and folds them into the first layer.
"""

import math
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from mnist_nn.errors import ConfigError, quote
from mnist_nn.util import checks

NUMBERED = ("crop", "pool", "components")
SIDES = 64  # pixels, at most, of a picture that is deskewed: its moments are whole numbers of 64 bits


@dataclass(frozen=True)
class Steps:
    """The steps that prepare a picture, always taken in this order.

    Parameters
    ----------
    deskew
        Shear the picture so that its strokes stand upright.
    crop
        Number of rows and columns to keep in the middle; None for all.
    pool
        Side of the square blocks whose mean is taken; 1 keeps every pixel.
    components
        Number of principal components of the training images whose coordinates are taken; None for the pixels.
    standardize
        Subtract the mean of every input, and divide all by one number, so that their mean variance is 1.

    Examples
    --------
    >>> Steps.parse("pool=2, crop=24").text, Steps.parse("none") == Steps()
    ('crop=24,pool=2', True)
    """

    deskew: bool = False
    crop: int | None = None
    pool: int = 1
    components: int | None = None
    standardize: bool = False

    @classmethod
    def parse(cls, text: Any) -> Self:
        """Read steps in any order; ``none`` and the empty text mean none.

        Raises
        ------
        ConfigError
            If the value is not text, or contains anything else.
        """
        if not isinstance(text, str):
            raise ConfigError(f"prepare is {quote(text)}; give steps as text, such as 'deskew' or 'crop=24,pool=2'")
        found: dict[str, Any] = {}
        for part in (part.strip() for part in text.split(",")):
            if part.lower() in {"", "none"}:
                continue
            name, _, value = (side.strip() for side in part.partition("="))
            step = checks.choice("prepare", name, [field.name for field in fields(cls)])
            if step in found:
                raise ConfigError(f"prepare has {step} twice; give it once")
            found[step] = _read_value(step, value)
        return cls(**found)

    @property
    def text(self) -> str:
        """The steps in their order; empty if there are none."""
        given = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}
        return ",".join(name if value is True else f"{name}={value}" for name, value in given.items())

    @property
    def folded(self) -> "Steps":
        """The steps that remain when all linear steps are part of the first layer.

        Examples
        --------
        >>> Steps.parse("deskew,crop=24").folded.text
        'deskew'
        """
        return Steps(deskew=self.deskew)

    @property
    def is_linear(self) -> bool:
        """Whether any step is linear, and so can be part of the first layer."""
        return self != self.folded

    def count_inputs(self, pixels: int) -> int:
        """Return how many inputs a network needs for pictures with this number of pixels.

        Raises
        ------
        ConfigError
            If the steps cannot be taken for such pictures.

        Examples
        --------
        >>> Steps.parse("crop=24,pool=2").count_inputs(784), Steps().count_inputs(5)
        (144, 5)
        """
        is_square = replace(self, components=None, standardize=False) != Steps()
        blocks = self._count_blocks(pixels) if is_square else pixels
        if self.components is None:
            return blocks
        if self.components > blocks:
            raise ConfigError(
                f"prepare has components={self.components}, but there are only {blocks} values; take fewer"
            )
        return self.components

    def _count_blocks(self, pixels: int) -> int:
        side = math.isqrt(pixels)
        if side * side != pixels:
            raise ConfigError(
                f"prepare is {self.text!r}, which needs square pictures, but a sample has {pixels} values; leave it out"
            )
        if self.deskew and side > SIDES:
            raise ConfigError(f"only pictures of up to {SIDES}×{SIDES} pixels are deskewed, not {side}×{side}")
        kept = side if self.crop is None else self.crop
        if kept > side or (side - kept) % 2:
            raise ConfigError(
                f"prepare has crop={kept}, but the pictures have {side}×{side} pixels; keep a number of rows up to "
                f"{side} that is {'odd' if side % 2 else 'even'}, so that the middle stays the middle"
            )
        if kept % self.pool:
            raise ConfigError(
                f"prepare has pool={self.pool}, but {kept} rows and columns cannot be divided by it; give one of "
                f"{', '.join(str(size) for size in range(1, kept + 1) if kept % size == 0)}"
            )
        return (kept // self.pool) ** 2


def _read_value(step: str, value: str) -> bool | int:
    if step not in NUMBERED:
        if value:
            raise ConfigError(f"prepare has {step}={quote(value)}, but {step} takes no number; give only {step}")
        return True
    if not value.isdecimal() or not int(value):
        raise ConfigError(f"prepare has {step} {quote(value)}; give a positive whole number, such as {step}=2")
    return int(value)
