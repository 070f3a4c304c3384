"""How pages were read, as one web page that a person can look at: every step from the page to each 28×28, and why.

It needs no script and no other file. `render_head`, `render_reading` for each page and `render_tail`, one after
another, are the whole of it, so that it can be written while pages are read.
"""

import base64
import io
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_nn.imaging.clean.ink import Ink
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, NOTHING, Digit, Number, Reading, percent
from mnist_nn.util.templates import render

STEP_SIDE_PX, PAGE_SIDE_PX = 640, 1400  # longer side of a picture
JPEG_QUALITY = 80
RULING_COLOUR, SPECK_COLOUR, INK_COLOUR = (222, 60, 60), (240, 150, 30), (20, 20, 20)  # red, orange, nearly black
BARS_SHOWN = 4  # digits whose probabilities are drawn
LABEL_HEIGHT = 0.36  # of the text below a digit's box, as a share of the digit's height


class Mark(NamedTuple):
    """How a decision is shown: its name in the style sheet, its sign, and how numbers with it are counted."""

    kind: str
    sign: str
    counted: str


MARKS = {
    DIGIT: Mark("digit", "✓", "accepted"),
    DOUBTFUL: Mark("doubtful", "?", "doubtful"),
    NOT_A_DIGIT: Mark("none", "✗", "with what looks like no digit"),
    NOTHING: Mark("faint", "○", NOTHING),
}


class Step(NamedTuple):
    """A step from the page to its ink, with its picture as a data URI."""

    title: str
    text: str
    source: str


def render_head(title: str = "How it was read") -> str:
    """Return the beginning of the web page."""
    return str(render(__package__, "explain_head.html", title=title))


def render_reading(reading: Reading) -> str:
    """Return what is shown of one page."""
    height, width = (f"{side / reading.ink.scale:.0f}" for side in reading.ink.page.shape)
    html = render(
        __package__,
        "explain_reading.html",
        reading=reading,
        counts=count_decisions(reading),
        steps=_show_steps(reading.ink),
        photo=_encode_photo(reading.ink.page, PAGE_SIDE_PX),
        width=width,
        height=height,
        marks=MARKS,
        percent=percent,
        encode_png=_encode_png,
        label_size=_label_size,
        likeliest=find_likeliest,
    )
    return str(html)


def render_tail(left_out: int = 0) -> str:
    """Return the end of the web page; it says how many pages it does not show."""
    return str(render(__package__, "explain_tail.html", left_out=left_out))


def count_decisions(reading: Reading) -> list[tuple[str, str]]:
    """Count the numbers of a page by their decisions; each count is given as its kind and a text."""
    counts = Counter(number.decision for number in reading.numbers)
    if not counts:
        return [(MARKS[NOTHING].kind, f"{MARKS[NOTHING].sign} {NOTHING}")]
    return [
        (mark.kind, f"{mark.sign} {counts[decision]} {mark.counted}")
        for decision, mark in MARKS.items()
        if decision in counts
    ]


def find_likeliest(digit: Digit) -> list[tuple[str, float]]:
    """Return the likeliest digits with their probabilities, the answer among them."""
    known = dict([*digit.alternatives, (digit.text, digit.probability)])
    return sorted(known.items(), key=lambda item: item[1], reverse=True)[:BARS_SHOWN]


def _label_size(number: Number) -> float:
    """Height of the labels below a number's digits, in pixels of the page."""
    return LABEL_HEIGHT * max(digit.box[3] - digit.box[1] for digit in number.digits)


def _show_steps(ink: Ink) -> list[Step]:
    light = "dark ink on light paper" if ink.dark else "light ink on a dark ground"
    share = f"what is darker than the threshold: {ink.mask.mean():.1%}".replace("%", " %")
    return [
        Step("The page", "in grey, upright", _encode_photo(ink.page, STEP_SIDE_PX)),
        Step("Light evened out", light, _encode_photo(_grey(1 - ink.evened), STEP_SIDE_PX)),
        Step("Ink", share, _encode_drawing(~ink.mask)),
        Step("Lines and specks dropped", _describe_dropped(ink), _encode_drawing(_colour_dropped(ink))),
    ]


def _describe_dropped(ink: Ink) -> str:
    found = [
        f"{name} {colour}"
        for name, colour, mask in (("lines", "red", ink.rulings), ("specks", "orange", ink.specks))
        if mask.any()
    ]
    return " and ".join(found) or "there were none"


def _grey(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return (values.clip(0, 1) * 255).astype(np.uint8)


def _colour_dropped(ink: Ink) -> npt.NDArray[np.uint8]:
    picture = np.full((*ink.mask.shape, 3), 255, np.uint8)
    for mask, colour in ((ink.mask, INK_COLOUR), (ink.specks, SPECK_COLOUR), (ink.rulings, RULING_COLOUR)):
        picture[mask] = colour
    return picture


def _encode_photo(pixels: npt.NDArray[np.uint8], side_px: int) -> str:
    return _data_uri(_shrink(Image.fromarray(pixels), side_px), "JPEG", quality=JPEG_QUALITY)


def _encode_drawing(pixels: npt.NDArray[Any]) -> str:
    """Encode a mask, or what is as plain as one, in few colours."""
    picture = Image.fromarray(pixels if pixels.dtype == np.uint8 else np.where(pixels, 255, 0).astype(np.uint8))
    return _data_uri(_shrink(picture, STEP_SIDE_PX).quantize(16, dither=Image.Dither.NONE), "PNG", optimize=True)


def _encode_png(pixels: npt.NDArray[np.uint8]) -> str:
    return _data_uri(Image.fromarray(pixels), "PNG")


def _shrink(picture: Image.Image, side_px: int) -> Image.Image:
    """Make a picture no larger than it is shown; thin strokes fade, and do not vanish."""
    factor = side_px / max(picture.size)
    if factor >= 1:
        return picture
    width, height = (max(1, round(length * factor)) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX)


def _data_uri(picture: Image.Image, kind: str, **options: Any) -> str:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(written.getvalue()).decode()}"
