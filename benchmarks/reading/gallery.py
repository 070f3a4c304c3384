"""``python -m benchmarks.reading.gallery``: pictures for the docs, the reader's worst mistakes among them.

Nothing here is chosen by hand: the pages and canvases are the first of their seed, the mistakes those of the highest
confidence.
"""

import argparse
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor, ImageDraw, ImageFont

from benchmarks.reading import canvases, nondigits
from benchmarks.reading.answers import page, reader
from benchmarks.reading.kinds import KINDS, find_typical_digits
from benchmarks.reading.pages import Box, SyntheticPage
from benchmarks.reading.score import matches, score
from mnist_nn.data import load
from mnist_nn.util.files import write_whole

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "reading"
LARGEST = 60_000  # bytes of a file
WIDTH = 900  # of a page in the docs
GREYS = 48  # in a palette
TILE, CAPTION, COLUMNS = 120, 30, 7
RIGHT, WRONG, DOUBTFUL = "#1a7f37", "#cf222e", "#9a6700"
SEARCHED_PAGES, SEARCHED_DIGITS, SEARCHED_OTHERS = 30, 2000, 60
KIND_COLUMNS, KIND_SIZE, KIND_PICTURE = 2, (450, 112), (190, 100)
UNSURE = {"digit": "", "doubtful": "?", "not a digit": "#"}  # as `mnist-nn read` prints them

BEFORE = {
    "box_sides": "13650? 1",
    "box_of_three_pixels": "63522553?",
    "number_cut_at_its_ink": "5000?",
    "three_cut_at_its_box": "1#",
    "one_white_on_black_cut_at_its_box": "5# 1 5?",
    "safety_pattern": "4739",
    "one_with_a_flag": "7",
    "crossed_curled_seven": "7?",
    "long_tail": "382067594?",
    "bold_grid": "1551#",
    "sideways_page": "67# 0 87# 0 18# 0 53#",
    "touching_zeros": "4050?",
    "dash_after_an_amount": "720 937033#",
    "small_zeros": "2500800?",
}
"""What commit 9686555 read on these pictures, before the reader knew of other hands, forms and lines."""

Pixels = npt.NDArray[np.uint8]
Reader = Callable[[Pixels], Any]


@dataclass(frozen=True)
class Tile:
    """A picture with two lines below it. ``confidence`` is the reader's, -1 where it saw nothing."""

    picture: Pixels
    lines: tuple[str, str]
    colour: str
    confidence: float = -1.0


def main() -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading.gallery", description=__doc__)
    parser.add_argument("--model", type=Path, help="model file; by default the reader model of the package")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the pictures")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    read = reader(options.model)
    pages = [page("everything", number, options.seed) for number in range(SEARCHED_PAGES)]
    worst = min(pages, key=lambda one: _right(one, read))
    wrong = [*_page_mistakes(pages, read), *_canvas_mistakes(read, options.seed)]
    accepted = [tile for tile in _others(read, options.seed, SEARCHED_OTHERS) if tile.colour != RIGHT]
    pictures = {
        "page": _page(pages[0], read),
        "chalk": _page(page("chalk", 0, options.seed), read),
        "canvases": _sheet(_canvases(read, options.seed)),
        "kinds": _draw_kinds(read),
        "no-digits": _sheet(_others(read, options.seed, COLUMNS)),
        "worst-page": _page(worst, read),
        "worst-digits": _sheet(_surest(wrong)),
        "worst-no-digits": _sheet(_surest(accepted)),
    }
    for name, picture in pictures.items():
        if picture:
            print(save(picture, options.out / name))


def save(picture: Image.Image, path: Path) -> Path:
    """Write a picture as PNG with a palette, or as JPEG where that is too large."""
    file = io.BytesIO()
    picture.quantize(palette=_palette(), dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    suffix, quality = ".png", 90
    while file.tell() > LARGEST and quality > 0:
        file, suffix = io.BytesIO(), ".jpg"
        picture.save(file, "JPEG", quality=quality, optimize=True)
        quality -= 5
    write_whole(path.with_suffix(suffix), file.getvalue())
    path.with_suffix(".jpg" if suffix == ".png" else ".png").unlink(missing_ok=True)
    return path.with_suffix(suffix)


def _palette() -> Image.Image:
    """Greys, and the colours of the decisions on their way to white, so that a few coloured letters keep theirs."""
    greys = [(level, level, level) for level in np.linspace(0, 255, GREYS).round().astype(int).tolist()]
    colours = [ImageColor.getrgb(name) for name in (RIGHT, WRONG, DOUBTFUL)]
    shares = (1.0, 0.8, 0.6, 0.4, 0.2)
    blends = [tuple(round(255 + (level - 255) * share) for level in colour) for colour in colours for share in shares]
    palette = Image.new("P", (1, 1))
    palette.putpalette([level for colour in (*greys, *blends) for level in colour])
    return palette


def _right(one: SyntheticPage, read: Reader) -> float:
    found = score(one, read)
    return found.right / max(1, found.digits)


def _page(one: SyntheticPage, read: Reader) -> Image.Image:
    """Draw what was read over a page: green as written, red not, and what was missed in red without a text."""
    numbers = read(one.pixels).numbers
    pairs = matches(one.numbers, numbers)
    right = {id(got) for true, got in pairs if true.text == got.text}
    found = {id(true) for true, _ in pairs}
    scale = WIDTH / one.pixels.shape[1]
    size = (WIDTH, round(one.pixels.shape[0] * scale))
    picture = Image.fromarray(one.pixels).resize(size, Image.Resampling.LANCZOS).convert("RGB")
    brush = ImageDraw.Draw(picture)
    for true in one.numbers:
        if id(true) not in found:
            _outline(brush, true.box, scale, WRONG, "")
    for got in numbers:
        colour = WRONG if id(got) not in right else RIGHT if got.decision == "digit" else DOUBTFUL
        _outline(brush, got.box, scale, colour, f"{got.text}, {got.confidence:.0%}")
    return picture


def _outline(brush: ImageDraw.ImageDraw, box: Box, scale: float, colour: str, text: str) -> None:
    left, top, right, bottom = (round(edge * scale) for edge in box)
    brush.rectangle((left - 2, top - 2, right + 1, bottom + 1), outline=colour, width=2)
    if text:
        place = (left, top - 18)
        brush.rectangle(brush.textbbox(place, text, _font(14)), fill="white")
        brush.text(place, text, colour, _font(14))


def _canvases(read: Reader, seed: int) -> list[Tile]:
    """The first test digits in every variant."""
    test = load("mnist").test
    tiles = []
    for variant in canvases.VARIANTS:
        for number in range(COLUMNS):
            picture = canvases.canvas(variant, test.images[number], number, seed)
            tiles.append(_tile(picture, read(picture), variant, str(test.labels[number])))
    return tiles


def _others(read: Reader, seed: int, each: int) -> list[Tile]:
    """The first pictures of every kind of what is no digit."""
    made = [(kind, nondigits.picture(kind, number, seed)) for kind in nondigits.KINDS for number in range(each)]
    return [_tile(picture, read(picture), kind, None) for kind, picture in made]


def _draw_kinds(read: Reader) -> Image.Image:
    """Draw every kind of picture with what was read on it before, and what is read now."""
    test = load("mnist").test
    digits = find_typical_digits(test.images, test.labels)
    width, height = KIND_SIZE
    sheet = Image.new("RGB", (KIND_COLUMNS * width, -(-len(KINDS) // KIND_COLUMNS) * height), "white")
    for number, draw in enumerate(KINDS):
        pixels, truth = draw(digits)
        now = " ".join(one.text + UNSURE[one.decision] for one in read(pixels).numbers)
        corner = number % KIND_COLUMNS * width, number // KIND_COLUMNS * height
        _draw_kind(sheet, corner, pixels, (draw.__name__.replace("_", " "), truth, BEFORE[draw.__name__], now))
    return sheet


def _draw_kind(sheet: Image.Image, corner: tuple[int, int], pixels: Pixels, texts: tuple[str, str, str, str]) -> None:
    """Draw one picture, and beside it its title, the truth, and both answers."""
    (left, top), (width, height), (room, tall) = corner, KIND_SIZE, KIND_PICTURE
    title, truth, before, now = texts
    picture = Image.fromarray(pixels)
    scale = min(room / picture.width, tall / picture.height)
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
    sheet.paste(picture, (left + (room - picture.width) // 2 + 6, top + (height - picture.height) // 2))
    brush = ImageDraw.Draw(sheet)
    brush.rectangle((left + 1, top + 1, left + width - 2, top + height - 2), outline="silver")
    lines = [
        (title, "black"),
        (f"written: {truth}", "black"),
        (f"before: {before or 'nothing there'}", _colour(before, truth)),
        (f"now: {now or 'nothing there'}", _colour(now, truth)),
    ]
    for number, (line, colour) in enumerate(lines):
        brush.text((left + room + 16, top + 14 + 22 * number), line, colour, _font(13))


def _colour(answer: str, truth: str) -> str:
    """Green where everything was read and accepted, red where something wrong was accepted."""
    accepted = [number for number in answer.split() if number.isdecimal()]
    if any(number not in truth.split() for number in accepted):
        return WRONG
    return RIGHT if answer == truth else DOUBTFUL


def _page_mistakes(pages: Sequence[SyntheticPage], read: Reader) -> list[Tile]:
    """Digits of pages that were read as others."""
    tiles = []
    for one in pages:
        seen = [digit for number in read(one.pixels).numbers for digit in number.digits]
        written = [digit for number in one.numbers for digit in number.digits]
        for true, got in matches(written, seen):
            if str(true.label) != got.text:
                left, top, right, bottom = true.box
                crop = one.pixels[max(0, top - 12) : bottom + 12, max(0, left - 12) : right + 12]
                tiles.append(Tile(crop, _lines(got, f"page, a {true.label}"), WRONG, got.confidence))
    return tiles


def _canvas_mistakes(read: Reader, seed: int) -> list[Tile]:
    """Digits on canvases that were read as something else."""
    test = load("mnist").test
    made = (
        _tile(picture := canvases.canvas("plain", test.images[i], i, seed), read(picture), "plain", str(test.labels[i]))
        for i in range(0, len(test.labels), len(test.labels) // SEARCHED_DIGITS)
    )
    return [tile for tile in made if tile.colour == WRONG]


def _tile(picture: Pixels, reading: Any, title: str, truth: str | None) -> Tile:
    """Say what was read in one picture; ``truth`` is None where nothing should be."""
    if not reading.numbers:
        return Tile(picture, (title.replace("×", "x"), "nothing there"), RIGHT if truth is None else WRONG)
    best = max(reading.numbers, key=lambda number: number.confidence)
    text = " ".join(number.text for number in reading.numbers)
    if truth is None:
        colour = WRONG if best.decision == "digit" else RIGHT
    else:
        colour = WRONG if text != truth else RIGHT if best.decision == "digit" else DOUBTFUL
        title = f"{title}, a {truth}"
    return Tile(picture, _lines(best, title, text), colour, best.confidence)


def _lines(got: Any, title: str, text: str = "") -> tuple[str, str]:
    return title.replace(
        "×", "x"
    ), f"{(text or got.text)[:6]}, {got.confidence:.0%}, {got.decision}"  # no × in the font


def _surest(tiles: Sequence[Tile]) -> list[Tile]:
    """Choose the mistakes of the highest confidence, two lines of them at most."""
    return sorted(tiles, key=lambda tile: -tile.confidence)[: 2 * COLUMNS]


def _sheet(tiles: Sequence[Tile]) -> Image.Image | None:
    """Lay tiles out in lines."""
    if not tiles:
        return None
    lines = -(-len(tiles) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * TILE, lines * (TILE + CAPTION)), "white")
    brush = ImageDraw.Draw(sheet)
    for number, tile in enumerate(tiles):
        left, top = number % COLUMNS * TILE, number // COLUMNS * (TILE + CAPTION)
        picture = Image.fromarray(tile.picture)
        side = TILE - 6
        picture = picture.resize(_fitted(picture.size, side), Image.Resampling.LANCZOS)
        sheet.paste(picture, (left + (TILE - picture.width) // 2, top + (TILE - picture.height) // 2))
        brush.rectangle((left + 1, top + 1, left + TILE - 2, top + TILE - 2), outline="silver")
        brush.text((left + 4, top + TILE), tile.lines[0], "black", _font(11))
        brush.text((left + 4, top + TILE + 13), tile.lines[1], tile.colour, _font(11))
    return sheet


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _font(size: int) -> Any:
    return ImageFont.load_default(size)


if __name__ == "__main__":
    main()
