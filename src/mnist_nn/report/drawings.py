"""Figures and images for the page, as SVG and PNG that need no other files, in the colours of the page."""

import base64
import io
import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from matplotlib.figure import Figure
from PIL import Image

from mnist_nn.plots.style import INK, LINE, SERIES, SOFT, own_settings
from mnist_nn.util.templates import trust

# The page's own colours take the place of a figure's, so that it can be read on dark ground too.
PAGE_COLOURS = {INK: "var(--ink)", SOFT: "var(--soft)", LINE: "var(--line)"} | {
    colour: f"var(--series-{number})" for number, colour in enumerate(SERIES)
}
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


class Drawing(NamedTuple):
    """A figure: its description in words, and its SVG code from after ``<svg`` on."""

    alt: str
    code: Markup


class Picture(NamedTuple):
    """An image as a data URI, and its size in pixels."""

    source: str
    width: int
    height: int


def draw(figure: Figure, name: str, alt: str) -> Drawing:
    """Write a figure as SVG for use inside HTML: with unique ids, the page's font and colours, and no fixed size.

    Parameters
    ----------
    figure
        A figure from `mnist_nn.plots`.
    name
        A name for the figure that is unique on the page.
    alt
        A description for people who cannot see the figure.
    """
    file = io.StringIO()
    with own_settings():
        figure.savefig(file, format="svg", transparent=True, metadata=NO_METADATA)
    code = file.getvalue()
    code = code[code.index("<svg") + len("<svg") :]
    code = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", code, count=1, flags=re.DOTALL)
    code = re.sub(r'^([^>]*?) width="[^"]*" height="[^"]*"', r"\1", code, count=1)
    code = re.sub(r' id="(?:figure|axes|patch|line2d|text|xtick|ytick|matplotlib)[^"]*"', "", code)
    code = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", code)
    code = re.sub(r' xmlns(?::xlink)?="[^"]*"| version="1.1"', "", code).replace("xlink:href", "href")
    code = re.sub(r"font-family: [^;\"]*; ?", "", code)
    code = re.sub(r' transform="rotate\(-0 [^)]*\)"', "", code)
    for colour, variable in PAGE_COLOURS.items():
        code = code.replace(colour, variable)
    return Drawing(alt, trust(re.sub(r"\n\s*", " ", code).strip()))


def encode_picture(pixels: npt.NDArray[Any]) -> Picture:
    """Encode one image, with dark ink on white as on paper.

    Parameters
    ----------
    pixels
        Ink as uint8, or as floats from 0 to 1, of shape (height, width).

    Examples
    --------
    >>> picture = encode_picture(np.zeros((2, 3), np.uint8))
    >>> picture.source[:22], picture.width, picture.height
    ('data:image/png;base64,', 3, 2)
    """
    if pixels.dtype != np.uint8:
        pixels = (255 * pixels.clip(0, 1)).astype(np.uint8)
    written = io.BytesIO()
    Image.fromarray(255 - pixels).save(written, "PNG", optimize=True)
    data = base64.b64encode(written.getvalue()).decode()
    return Picture(f"data:image/png;base64,{data}", pixels.shape[1], pixels.shape[0])
