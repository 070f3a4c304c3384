"""Pieces of the web page: text that cannot break out of its place, pictures and figures that need no other file."""

import base64
import io
import re
from collections.abc import Iterable
from html import escape
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from PIL import Image

from mnist_nn.plots.style import INK, LINE, SERIES, SOFT, own_settings

# The page's own colours take the place of a figure's, so that it can be read on dark ground too.
COLOURS = {INK: "var(--ink)", SOFT: "var(--soft)", LINE: "var(--line)"} | {
    colour: f"var(--series-{number})" for number, colour in enumerate(SERIES)
}
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


class Missing(NamedTuple):
    """What a section gives that cannot be: the reason, the end of a sentence."""

    reason: str


def text(value: object) -> str:
    r"""Escape anything for HTML; what cannot be printed is written as Python writes it.

    Examples
    --------
    >>> text("<b>&"), text("a\tb")
    ('&lt;b&gt;&amp;', '&#x27;a\\tb&#x27;')
    """
    plain = str(value).encode("utf-8", "backslashreplace").decode()
    return escape(plain if plain.isprintable() else repr(plain))


def percent(share: float) -> str:
    """Write a share with two decimals, and a dash where there is none.

    Examples
    --------
    >>> percent(0.94567), percent(float("nan"))
    ('94.57 %', '–')
    """
    return "–" if np.isnan(share) else f"{100 * share:.2f} %"


def table(head: Iterable[str], rows: Iterable[Iterable[object]], caption: str, kind: str = "") -> str:
    """Build a table whose first column names the rows; cells are escaped."""
    titles = "".join(f'<th scope="col">{text(cell)}</th>' for cell in head)
    body = "".join(_row([text(cell) for cell in row]) for row in rows)
    named = f' class="{kind}"' if kind else ""
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{text(caption)}"><table{named}>\n'
        f"<caption>{text(caption)}</caption>\n<thead><tr>{titles}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table></div>\n"
    )


def _row(cells: list[str]) -> str:
    return f'<tr><th scope="row">{cells[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in cells[1:]) + "</tr>\n"


def figure(drawing: Figure, name: str, alt: str, caption: str) -> str:
    """Put a figure into the page as SVG, with what it shows in words.

    Parameters
    ----------
    drawing
        From `mnist_nn.plots`.
    name
        Of the figure, different from all others on the page.
    alt
        What can be seen, for those who cannot.
    caption
        How to read it; HTML.
    """
    head = f'<svg role="img" aria-label="{text(alt)}"'
    return (
        f'<figure class="drawing">{_svg(drawing, name).replace("<svg", head, 1)}'
        f"<figcaption>{caption}</figcaption></figure>\n"
    )


def _svg(drawing: Figure, name: str) -> str:
    """Write SVG that can stand in HTML beside others: own ids, the page's font and colours, no size."""
    file = io.StringIO()
    with own_settings():
        drawing.savefig(file, format="svg", transparent=True, metadata=NO_METADATA)
    code = file.getvalue()
    code = code[code.index("<svg") :]
    code = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", code, count=1, flags=re.DOTALL)
    code = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", code, count=1)
    code = re.sub(r' id="(?:figure|axes|patch|line2d|text|xtick|ytick|matplotlib)[^"]*"', "", code)
    code = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", code)
    code = re.sub(r' xmlns(?::xlink)?="[^"]*"| version="1.1"', "", code).replace("xlink:href", "href")
    code = re.sub(r"font-family: [^;\"]*; ?", "", code)
    code = re.sub(r' transform="rotate\(-0 [^)]*\)"', "", code)
    for colour, variable in COLOURS.items():
        code = code.replace(colour, variable)
    return re.sub(r"\n\s*", " ", code).strip()


def picture(pixels: npt.NDArray[Any], alt: str) -> str:
    """Put one image into the page, dark ink on white as on paper."""
    return f'<img src="{_png(pixels)}" alt="{text(alt)}" width="{pixels.shape[1]}" height="{pixels.shape[0]}">'


def _png(pixels: npt.NDArray[Any]) -> str:
    if pixels.dtype != np.uint8:
        pixels = (255 * pixels.clip(0, 1)).astype(np.uint8)
    written = io.BytesIO()
    Image.fromarray(255 - pixels).save(written, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"
