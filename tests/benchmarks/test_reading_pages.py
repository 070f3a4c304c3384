from dataclasses import fields, replace

import numpy as np
import pytest
from benchmarks.reading import effects
from benchmarks.reading.pages import INNER, SyntheticPage, make_page, stroke
from benchmarks.reading.styles import STYLES, Style

from mnist_nn import Dataset


def make(mnist: Dataset, style: Style, seed: int = 0) -> SyntheticPage:
    small = replace(style, size=(600, 400), heights=(30, 60))
    return make_page(mnist.test.images, mnist.test.labels, seed, small)


def outside(page: SyntheticPage, border: int) -> np.ndarray:
    free = np.ones(page.pixels.shape, bool)
    for number in page.numbers:
        for digit in number.digits:
            left, top, right, bottom = digit.box
            free[max(0, top - border) : bottom + border, max(0, left - border) : right + border] = False
    return free


@pytest.mark.parametrize("name", ["plain", "everything", "chalk"])
def test_the_seed_decides_every_byte(mnist, name):
    first, second, other = (make(mnist, STYLES[name], seed) for seed in (3, 3, 4))
    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert first.numbers == second.numbers
    assert first.pixels.tobytes() != other.pixels.tobytes()


@pytest.mark.parametrize("name", [name for name in STYLES if name != "plain"])
def test_every_style_changes_the_page(mnist, name):
    page = make(mnist, STYLES[name])
    assert page.pixels.dtype == np.uint8
    assert page.pixels.shape == (400, 600)
    assert (page.pixels != make(mnist, STYLES["plain"]).pixels).mean() > 0.01


def test_effects_leave_what_is_written_as_it_is(mnist):
    plain = make(mnist, STYLES["plain"])
    for effect in ("texture", "gradient", "shadow", "ruled", "squared", "frame", "blur", "noise", "JPEG"):
        assert make(mnist, STYLES[effect]).numbers == plain.numbers, effect


def test_the_mix_of_everything_has_every_effect():
    switches = [f.name for f in fields(Style) if f.type == "bool" or f.type is bool]
    off = [name for name in switches if not getattr(STYLES["everything"], name)]
    assert off == ["chalk"]
    assert STYLES["everything"].lines == "either"


@pytest.mark.parametrize("seed", range(3))
def test_all_ink_lies_in_the_boxes_and_fills_them(mnist, seed):
    page = make(mnist, STYLES["plain"], seed)
    paper = int(page.pixels[0, 0])
    assert (page.pixels[outside(page, 0)] == paper).all()
    for number in page.numbers:
        for digit in number.digits:
            left, top, right, bottom = digit.box
            ink = page.pixels[top:bottom, left:right] < paper - 10
            assert ink[0].any()
            assert ink[-1].any()
            assert ink[:, 0].any()
            assert ink[:, -1].any()


def test_boxes_move_with_the_ink_when_the_page_is_tilted(mnist):
    flat, tilted = make(mnist, STYLES["plain"]), make(mnist, STYLES["perspective"])
    paper = int(np.median(tilted.pixels))
    assert [number.text for number in flat.numbers] == [number.text for number in tilted.numbers]
    assert all(a.box != b.box for a, b in zip(flat.numbers, tilted.numbers, strict=True))
    assert (abs(tilted.pixels[outside(tilted, 3)].astype(int) - paper) <= 2).all()
    for number in tilted.numbers:
        for digit in number.digits:
            left, top, right, bottom = digit.box
            ink = tilted.pixels[top:bottom, left:right] < paper - 10
            assert ink[:2].any()
            assert ink[-2:].any()
            assert ink[:, :2].any()
            assert ink[:, -2:].any()


def test_the_tilt_is_at_most_five_degrees():
    size = (1200, 900)
    for seed in range(50):
        matrix = effects.perspective(np.random.default_rng(seed), size)
        x, y = effects.project(matrix, np.array([0.0, 1200.0, 600.0]), np.array([0.0, 900.0, 450.0]))
        assert abs(np.array([x[2] - 600, y[2] - 450])).max() < 1e-6  # the middle stays
        assert abs(np.array([x[0], x[1] - 1200, y[0], y[1] - 900])).max() < 0.1 * 1200


def test_numbers_say_what_their_digits_show(mnist):
    page = make(mnist, STYLES["everything"], 1)
    assert page.numbers
    for number in page.numbers:
        assert number.text == "".join(str(digit.label) for digit in number.digits)
        assert 1 <= len(number.text) <= 8
        assert [digit.box[0] for digit in number.digits] == sorted(digit.box[0] for digit in number.digits)
        edges = np.array([digit.box for digit in number.digits])
        assert number.box == (*edges[:, :2].min(axis=0), *edges[:, 2:].max(axis=0))
    assert [number.line for number in page.numbers] == sorted(number.line for number in page.numbers)


def test_a_digit_is_written_in_the_size_that_was_asked_for(mnist):
    for image in mnist.test.images[:50]:
        rows, columns = (np.flatnonzero((image > 127).any(axis=axis)) for axis in (1, 0))
        extent = max(np.ptp(rows), np.ptp(columns)) + 1
        ink = stroke(image, 60.0)
        assert max(ink.shape) == pytest.approx(60 * extent / INNER, abs=5)
        assert 0 <= ink.min() < 0.5 < ink.max() <= 1
