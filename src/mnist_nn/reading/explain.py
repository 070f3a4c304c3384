"""How pages were read, as one web page that a person can look at: every step from the page to each 28×28, and why.

It needs no script and no other file. `head`, a `section` for each page and `tail`, one after another, are the whole
of it, so that it can be written while pages are read.
"""

import base64
import io
from collections import Counter
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_nn.imaging.clean.ink import Ink
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, NOTHING, Digit, Number, Reading, percent

STEP_SIDE, PAGE_SIDE = 640, 1400  # pixels of the longer side of a picture
QUALITY = 80  # of a JPEG
RULE, SPECK = (222, 60, 60), (240, 150, 30)  # red and orange
BARS = 4  # digits whose probabilities are drawn
LABEL = 0.36  # of a digit's height: what it was taken for

_MARKS = {DIGIT: ("digit", "✓"), DOUBTFUL: ("doubtful", "?"), NOT_A_DIGIT: ("none", "✗"), NOTHING: ("faint", "○")}


def head(title: str = "How it was read") -> str:
    """Return the beginning of the web page."""
    style = files(__package__).joinpath("explain.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"
        '<p class="faint">For each page: the way from its pixels to its ink, where numbers were found, and what the '
        "network saw of each digit. A digit is accepted ✓ when it is sure enough; else it says why it is doubtful ?, "
        "or no digit ✗.</p>\n"
    )


def section(reading: Reading) -> str:
    """Return what is shown of one page."""
    page = f", page {reading.page}" if reading.page > 1 else ""
    parts = [
        f"<section>\n<header><h2>{_name(reading.file)}{page}</h2>{_counts(reading)}</header>\n",
        _steps(reading.ink),
    ]
    if reading.numbers:
        parts.append(f"<h3>Where numbers were found</h3>\n{_overlay(reading)}<h3>What they are</h3>\n")
    parts += [_number(number) for number in reading.numbers]
    return "".join([*parts, "</section>\n"])


def tail(left_out: int = 0) -> str:
    """Return the end of the web page; it says how many pages it does not show."""
    more = f'<p class="faint">{left_out:,} more pages were read that are not shown here.</p>\n' if left_out else ""
    return f"{more}</body>\n</html>\n"


def _name(file: str) -> str:
    """Write a name so that it stays on its line, whatever bytes are in it."""
    text = file.encode("utf-8", "backslashreplace").decode() or "a picture"
    return escape(text if text.isprintable() else repr(text))


def _counts(reading: Reading) -> str:
    """Say how many numbers of the page have each verdict, in the marks of the verdicts."""
    counts = Counter(number.verdict for number in reading.numbers) or {NOTHING: 0}
    words = {DIGIT: "accepted", DOUBTFUL: "doubtful", NOT_A_DIGIT: "with what looks like no digit", NOTHING: NOTHING}
    return "".join(
        f'<span class="verdict {kind}">{mark} {f"{counts[verdict]} " * bool(counts[verdict])}{words[verdict]}</span>'
        for verdict, (kind, mark) in _MARKS.items()
        if verdict in counts
    )


def _verdict(verdict: str) -> str:
    kind, mark = _MARKS[verdict]
    return f'<span class="verdict {kind}">{mark} {verdict}</span>'


def _steps(ink: Ink) -> str:
    shown = ~ink.mask
    light = "dark ink on light paper" if ink.dark else "light ink on a dark ground"
    kept = [("1", "The page", "in grey, upright", _photo(ink.page, STEP_SIDE))]
    kept.append(("2", "Light evened out", light, _photo(_grey(1 - ink.evened), STEP_SIDE)))
    kept.append(
        ("3", "Ink", f"what is darker than the threshold: {ink.mask.mean():.1%}".replace("%", " %"), _drawing(shown))
    )
    kept.append(("4", "Lines and specks dropped", _dropped(ink), _drawing(_coloured(ink))))
    figures = "".join(
        f'<figure><img src="{source}" alt="Step {number}: {title}"><figcaption><b>{number}. {title}.</b> {text}'
        "</figcaption></figure>\n"
        for number, title, text, source in kept
    )
    return f'<h3>From the page to its ink</h3>\n<div class="steps">\n{figures}</div>\n'


def _dropped(ink: Ink) -> str:
    found = [
        f"{name} {colour}"
        for name, colour, mask in (("lines", "red", ink.rulings), ("specks", "orange", ink.specks))
        if mask.any()
    ]
    return " and ".join(found) or "there were none"


def _grey(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return (values.clip(0, 1) * 255).astype(np.uint8)


def _coloured(ink: Ink) -> npt.NDArray[np.uint8]:
    picture = np.full((*ink.mask.shape, 3), 255, np.uint8)
    for mask, colour in ((ink.mask, (20, 20, 20)), (ink.specks, SPECK), (ink.rulings, RULE)):
        picture[mask] = colour
    return picture


def _overlay(reading: Reading) -> str:
    """Draw the boxes of numbers and digits over the page, in the page's own pixels, each digit below its box."""
    height, width = (side / reading.ink.scale for side in reading.ink.page.shape)
    drawn = "".join(map(_boxes, reading.numbers))
    return (
        f'<figure><svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="The page with a box around each '
        f'digit"><image href="{_photo(reading.ink.page, PAGE_SIDE)}" width="{width:.0f}" height="{height:.0f}"/>\n'
        f"{drawn}</svg></figure>\n"
    )


def _boxes(number: Number) -> str:
    drawn = [_rectangle(number.box, "number")]
    size = LABEL * max(digit.box[3] - digit.box[1] for digit in number.digits)
    for digit in number.digits:
        left, _, right, bottom = digit.box
        kind = _MARKS[digit.verdict][0]
        drawn.append(_rectangle(digit.box, kind))
        drawn.append(
            f'<text class="{kind}" x="{(left + right) / 2:.1f}" y="{bottom + 0.9 * size:.1f}" font-size="{size:.1f}" '
            f'stroke-width="{size / 6:.1f}">{digit.text}</text>\n'
        )
    return "".join(drawn)


def _rectangle(box: tuple[int, int, int, int], kind: str) -> str:
    left, top, right, bottom = box
    return f'<rect class="{kind}" x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"/>\n'


def _number(number: Number) -> str:
    reason = f"<p>{escape(number.reason.capitalize())}.</p>\n" if number.reason else ""
    digits = "".join(map(_digit, number.digits))
    return (
        f'<div class="read"><header><span class="text">{number.text}</span>{_verdict(number.verdict)}'
        f'<span class="faint">all of it right: {percent(number.confidence)}; line {number.line + 1}</span></header>\n'
        f'{reason}<div class="digits">\n{digits}</div></div>\n'
    )


def _digit(digit: Digit) -> str:
    kind, mark = _MARKS[digit.verdict]
    reason = f'<p class="why">{escape(digit.reason.capitalize())}.</p>' if digit.reason else ""
    return (
        f'<div class="one {kind}"><img src="{_png(digit.image)}" alt="What the network saw of {digit.text}">'
        f'<div class="which">{digit.text} <span class="{kind}">{mark}</span></div>{_bars(digit)}'
        f'<div class="sure"><span>is a digit</span><span>{percent(digit.is_digit)}</span></div>'
        f'<div class="sure"><span>is right</span><span>{percent(digit.confidence)}</span></div>'
        f"{reason}</div>\n"
    )


def _bars(digit: Digit) -> str:
    """Draw the probabilities of the likeliest digits, that of the answer among them."""
    known = dict([*digit.alternatives, (digit.text, digit.probability)])
    likeliest = sorted(known, key=known.__getitem__, reverse=True)[:BARS]
    rows = (
        f'<b>{which}</b><i style="width:{100 * known[which]:.1f}%"></i><span>{percent(known[which])}</span>'
        for which in likeliest
    )
    return f'<div class="bars">{"".join(rows)}</div>'


def _photo(pixels: npt.NDArray[np.uint8], side: int) -> str:
    return _uri(_smaller(Image.fromarray(pixels), side), "JPEG", quality=QUALITY)


def _drawing(pixels: npt.NDArray[Any]) -> str:
    """Draw a mask, or what is as plain as one, in few colours."""
    picture = Image.fromarray(pixels if pixels.dtype == np.uint8 else np.where(pixels, 255, 0).astype(np.uint8))
    return _uri(_smaller(picture, STEP_SIDE).quantize(16, dither=Image.Dither.NONE), "PNG", optimize=True)


def _png(pixels: npt.NDArray[np.uint8]) -> str:
    return _uri(Image.fromarray(pixels), "PNG")


def _smaller(picture: Image.Image, side: int) -> Image.Image:
    """Make a picture no larger than it is shown; thin strokes fade, and do not vanish."""
    factor = side / max(picture.size)
    if factor >= 1:
        return picture
    width, height = (max(1, round(length * factor)) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX)


def _uri(picture: Image.Image, kind: str, **options: Any) -> str:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(written.getvalue()).decode()}"
