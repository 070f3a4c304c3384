"""What can happen to a page between the pen and the file, and the mixes that the table measures."""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Style:
    """Which effects a page has; how strong each one is, the page's own seed decides.

    ``lines`` are printed on the paper: ruled, squared, one of the two, or none. ``heights`` is the range that a page's
    digit height comes from, in pixels, and ``gap`` the range of the free space between two digits of a number, in digit
    heights (below 0 they overlap). ``chalk`` is light writing on a dark board.
    """

    name: str = "plain"
    texture: bool = False
    gradient: bool = False
    shadow: bool = False
    lines: Literal["none", "ruled", "squared", "either"] = "none"
    frame: bool = False
    blur: bool = False
    noise: bool = False
    jpeg: bool = False
    perspective: bool = False
    chalk: bool = False
    size: tuple[int, int] = (1200, 900)
    heights: tuple[float, float] = (30.0, 90.0)
    gap: tuple[float, float] = (0.08, 0.35)


_EVERYTHING = Style(
    "everything",
    texture=True,
    gradient=True,
    shadow=True,
    lines="either",
    frame=True,
    blur=True,
    noise=True,
    jpeg=True,
    perspective=True,
)

STYLES = {
    style.name: style
    for style in (
        Style(),
        Style("texture", texture=True),
        Style("gradient", gradient=True),
        Style("shadow", shadow=True),
        Style("ruled", lines="ruled"),
        Style("squared", lines="squared"),
        Style("frame", frame=True),
        Style("blur", blur=True),
        Style("noise", noise=True),
        Style("JPEG", jpeg=True),
        Style("perspective", perspective=True),
        Style("chalk", texture=True, gradient=True, noise=True, jpeg=True, chalk=True),
        Style("touching", gap=(-0.12, 0.1)),
        _EVERYTHING,
    )
}

# The photo whose time is taken: 12 megapixels, the writing as large on it as on the others.
PHOTO = replace(_EVERYTHING, name="photo", size=(4000, 3000), heights=(100.0, 200.0))
