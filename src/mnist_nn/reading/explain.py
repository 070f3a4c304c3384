"""A web page that shows how pages were read: every step from the page to each 28×28 image, and the reasons.

It needs no script and no other file. It consists of `render_head`, `render_reading` for each page, and `render_tail`,
so it can be written while pages are read.
"""

import base64
import io
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_nn.imaging.clean.ink import Ink
from mnist_nn.reading.looks import describe_unlike
from mnist_nn.reading.orientation import turn_pixels
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, NOTHING, Digit, Number, Reading, percent
from mnist_nn.util.templates import render

STEP_SIDE_PX, PAGE_SIDE_PX = 640, 1400  # longer side of a picture
JPEG_QUALITY = 80
RULING_COLOUR, SPECK_COLOUR, INK_COLOUR = (222, 60, 60), (240, 150, 30), (20, 20, 20)  # red, orange, nearly black
BARS_SHOWN = 4  # digits whose probabilities are drawn
LABEL_HEIGHT = 0.36  # of the text below a digit's box, as a share of the digit's height


class Mark(NamedTuple):
    """How a decision is shown: its name in the style sheet, its sign, and the words for counting such numbers."""

    kind: str
    sign: str
    counted: str


MARKS = {
    DIGIT: Mark("digit", "✓", "accepted"),
    DOUBTFUL: Mark("doubtful", "?", "doubtful"),
    NOT_A_DIGIT: Mark("none", "✗", "with something that is not a digit"),
    NOTHING: Mark("faint", "○", NOTHING),
}


class Step(NamedTuple):
    """One step from the page to its ink, with a picture as a data URI."""

    title: str
    text: str
    source: str


def render_head(title: str = "How it was read") -> str:
    """Return the beginning of the web page."""
    return str(render(__package__, "explain_head.html", title=title))


def render_reading(reading: Reading) -> str:
    """Return the part for one page."""
    page = turn_pixels(reading.ink.page, -reading.turned)  # as it was given, as boxes are
    height, width = (f"{side / reading.ink.scale:.0f}" for side in page.shape)
    html = render(
        __package__,
        "explain_reading.html",
        reading=reading,
        counts=count_decisions(reading),
        steps=_show_steps(reading.ink, reading.turned),
        photo=_encode_photo(page, PAGE_SIDE_PX),
        width=width,
        height=height,
        marks=MARKS,
        percent=percent,
        describe_unlike=describe_unlike,
        encode_png=_encode_png,
        label_size=_label_size,
        likeliest=find_likeliest,
    )
    return str(html)


def render_tail(left_out: int = 0) -> str:
    """Return the end of the web page, which says how many pages are not shown."""
    return str(render(__package__, "explain_tail.html", left_out=left_out))


def count_decisions(reading: Reading) -> list[tuple[str, str]]:
    """Count the numbers of a page by decision; return the kind and a text for each count."""
    counts = Counter(number.decision for number in reading.numbers)
    if not counts:
        return [(MARKS[NOTHING].kind, f"{MARKS[NOTHING].sign} {NOTHING}")]
    return [
        (mark.kind, f"{mark.sign} {counts[decision]} {mark.counted}")
        for decision, mark in MARKS.items()
        if decision in counts
    ]


def find_likeliest(digit: Digit) -> list[tuple[str, float]]:
    """Return the most probable digits with their probabilities, including the answer."""
    known = dict([*digit.alternatives, (digit.text, digit.probability)])
    return sorted(known.items(), key=lambda item: item[1], reverse=True)[:BARS_SHOWN]


def _label_size(number: Number) -> float:
    """Return the height of the labels below a number's digits, in pixels of the page."""
    return LABEL_HEIGHT * max(digit.box[3] - digit.box[1] for digit in number.digits)


def _show_steps(ink: Ink, turned: int) -> list[Step]:
    light = "dark ink on light paper" if ink.dark else "light ink on a dark ground"
    share = f"everything darker than the threshold: {ink.mask.mean():.1%}".replace("%", " %")
    return [
        Step("The page", _describe_page(ink, turned), _encode_photo(ink.page, STEP_SIDE_PX)),
        Step("The light evened out", light, _encode_photo(_grey(1 - ink.evened), STEP_SIDE_PX)),
        Step("Ink", share, _encode_drawing(~ink.mask)),
        Step("Lines and specks removed", _describe_dropped(ink), _encode_drawing(_colour_dropped(ink))),
    ]


def _describe_page(ink: Ink, turned: int) -> str:
    cut_out = "; its ink reaches the edges, so a margin was added before it was read" if ink.margin_px else ""
    return (f"in grey, turned by {turned}° clockwise" if turned else "in grey, upright") + cut_out


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
    """Encode a mask, or a similarly simple picture, with few colours."""
    picture = Image.fromarray(pixels if pixels.dtype == np.uint8 else np.where(pixels, 255, 0).astype(np.uint8))
    return _data_uri(_shrink(picture, STEP_SIDE_PX).quantize(16, dither=Image.Dither.NONE), "PNG", optimize=True)


def _encode_png(pixels: npt.NDArray[np.uint8]) -> str:
    return _data_uri(Image.fromarray(pixels), "PNG")


def _shrink(picture: Image.Image, side_px: int) -> Image.Image:
    """Shrink a picture to the size at which it is shown; thin strokes fade but do not vanish."""
    factor = side_px / max(picture.size)
    if factor >= 1:
        return picture
    width, height = (max(1, round(length * factor)) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX)


def _data_uri(picture: Image.Image, kind: str, **options: Any) -> str:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(written.getvalue()).decode()}"
