import base64
import io
import os
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from mnist_nn import Dataset
from mnist_nn.imaging.load.pictures import Page
from mnist_nn.reading.explain import PAGE_SIDE_PX, render_head, render_reading, render_tail
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.results import NumberReadings, PageLooks, Reading, TextReading

VOID = {"meta", "img", "image", "rect", "br"}


class Structure(HTMLParser):
    """Every element that opens must close, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def parsed(page: str) -> Structure:
    structure = Structure()
    structure.feed(page)
    structure.close()
    assert structure.open == []
    return structure


@pytest.fixture(scope="module")
def reading(mnist: Dataset) -> Reading:
    paper = np.full((200, 160), 240, np.uint8)
    for place, index in enumerate((0, 1, 2)):
        paper[86:114, 20 + 24 * place : 48 + 24 * place] -= (mnist.test.images[index] * 0.8).astype(np.uint8)
    paper[95:103, 120:140] = 20  # no digit
    return Reader()(Page("page.png", 2, paper))


def test_the_page_is_whole_and_needs_nothing_else(reading: Reading) -> None:
    structure = parsed(render_head() + render_reading(reading) + render_reading(reading) + render_tail(1234))
    text = " ".join(structure.texts)
    assert "page.png, page 2" in text
    assert "1,234 more pages" in text
    assert "<script" not in render_head()
    assert structure.sources
    assert all(source.startswith("data:image/") for source in structure.sources)
    assert "url(" not in render_head()
    assert "prefers-color-scheme: dark" in render_head()


def test_every_step_and_every_digit_is_a_picture(reading: Reading) -> None:
    structure = parsed(render_reading(reading))
    digits = [digit for number in reading.numbers for digit in number.digits]
    pictures = [Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) for source in structure.sources]
    assert len(pictures) == 4 + 1 + len(digits)
    assert [picture.size for picture in pictures[:5]] == [(160, 200)] * 5
    for picture, digit in zip(pictures[5:], digits, strict=True):
        np.testing.assert_array_equal(np.asarray(picture), digit.image)


def test_each_doubtful_digit_has_its_reason(reading: Reading) -> None:
    text = " ".join(parsed(render_reading(reading)).texts).lower()
    against = [digit for number in reading.numbers for digit in number.digits if digit.decision != "digit"]
    assert against
    assert all(digit.reason.lower() in text for digit in against)
    assert {digit.decision for number in reading.numbers for digit in number.digits} > {"digit"}


def test_what_each_reading_said_and_what_is_unlike_is_shown(reading: Reading) -> None:
    said = NumberReadings(TextReading("721", 0.6), (TextReading("121", 0.55), TextReading("721", 0.97)))
    first, *others = (replace(number, readings=said) for number in reading.numbers)
    alone = replace(first, readings=NumberReadings(TextReading("5", 0.5), ()))
    looks = PageLooks(7, np.zeros(6), ("height",))
    text = " ".join(parsed(render_reading(replace(reading, numbers=(first, *others, alone), looks=looks))).texts)
    assert "By its segments: 721 (60 %). By sequence network 1: 121 (55 %). By sequence network 2: 721 (97 %)." in text
    assert "By its segments: 5 (50 %). It was not read as a line." in text
    assert "The numbers of this page do not look like those" in text
    without = replace(reading, numbers=tuple(replace(number, readings=None) for number in reading.numbers))
    plain = " ".join(parsed(render_reading(without)).texts)
    assert "do not look like" not in plain
    assert "By its segments" not in plain


def test_boxes_are_drawn_in_the_pixels_of_the_page() -> None:
    large = np.full((3000, 2600), 230, np.uint8)
    large[1000:1600, 1200:1260] = 20
    reading = Reader()(large)
    page = render_reading(reading)
    assert 'viewBox="0 0 2600 3000"' in page
    (number,) = reading.numbers
    left, top, right, bottom = number.box
    assert f'x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"' in page
    sizes = [
        Image.open(io.BytesIO(base64.b64decode(data))).size
        for data in re.findall(r'"data:image/\w+;base64,([^"]+)"', page)
    ]
    assert max(max(size) for size in sizes) <= PAGE_SIDE_PX


def test_a_blank_page_shows_its_steps_and_no_numbers() -> None:
    page = render_reading(Reader()(np.full((50, 50), 200, np.uint8)))
    assert "nothing there" in page
    assert len(parsed(page).sources) == 4


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>&\"'.png", "&lt;b&gt;&amp;&#34;&#39;.png"),
        ("a\nb.png", "&#39;a\\nb.png&#39;"),
        (os.fsdecode(b"\xff.png"), "\\udcff.png"),
        ("", "a picture"),
    ],
)
def test_names_are_shown_and_never_obeyed(name: str, shown: str) -> None:
    page = render_reading(Reader()(Page(name, 1, np.full((50, 50), 200, np.uint8))))
    assert f"<h2>{shown}</h2>" in page
    page.encode("utf-8")


def test_a_picture_that_was_cut_out_says_so(mnist: Dataset) -> None:
    digit = Image.fromarray(mnist.train.images[0])
    cut_out = np.asarray(digit.crop(digit.getbbox()).resize((80, 80)))
    assert "a margin was added" in render_reading(Reader()(cut_out))
    assert "a margin was added" not in render_reading(Reader()(np.pad(cut_out, 40)))
