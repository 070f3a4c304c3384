"""Pictures that were cut out at their ink get a margin of their paper; shadows, lamps, sheets and noise get none."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from mnist_nn import Dataset
from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.imaging.clean.margin import MARGIN, add_margin

Pixels = npt.NDArray[np.uint8]
Field = npt.NDArray[np.float64]
HEIGHT, WIDTH = 300, 420


def cut_out(digit: Pixels, scale: int, resampling: Image.Resampling = Image.Resampling.BICUBIC) -> Pixels:
    """A digit cut at its box and enlarged: light on dark, as MNIST is."""
    picture = Image.fromarray(digit).crop(Image.fromarray(digit).getbbox())
    return np.asarray(picture.resize((picture.width * scale, picture.height * scale), resampling))


@pytest.fixture(scope="module")
def digits(mnist: Dataset) -> Pixels:
    return np.asarray(mnist.train.images[:300]).reshape(-1, 28, 28)


@pytest.mark.parametrize("scale", [1, 3, 6])
@pytest.mark.parametrize("dark", [False, True])
def test_digits_cut_at_their_box_get_a_margin_of_their_paper(digits: Pixels, scale: int, dark: bool) -> None:
    paper = []
    for digit in digits[::3]:
        picture = cut_out(digit, scale)
        larger, margin = add_margin(255 - picture if dark else picture)
        if margin:
            inside = larger[margin:-margin, margin:-margin]
            np.testing.assert_array_equal(inside, 255 - picture if dark else picture)
            around = np.ones(larger.shape, bool)
            around[margin:-margin, margin:-margin] = False
            paper.append(abs(float(np.median(larger[around])) - 255 * dark))
    assert len(paper) >= 0.98 * len(digits[::3])
    assert np.mean(np.array(paper) < 20) >= 0.97, "paper; beside an upright 1 there are but its soft rims"


def test_an_upright_1_that_fills_its_picture_is_no_sheet(mnist: Dataset) -> None:
    images = np.asarray(mnist.train.images[:1500]).reshape(-1, 28, 28)
    ones = images[np.asarray(mnist.train.labels[:1500]) == 1][:60]
    assert np.mean([add_margin(cut_out(one, 8))[1] > 0 for one in ones]) > 0.96


def test_a_picture_with_a_margin_of_its_own_is_left_as_it_is(digits: Pixels) -> None:
    for digit in digits[:50]:
        page = np.pad(cut_out(digit, 3), 12)
        assert add_margin(page)[0] is page


def scenes() -> dict[str, Callable[[np.random.Generator], Field]]:
    y, x = np.mgrid[:HEIGHT, :WIDTH]

    def shadow(rng: np.random.Generator, soft_px: float) -> Field:
        angle, off = rng.uniform(0, 2 * np.pi), rng.uniform(-150, 150)
        across = np.cos(angle) * (x - WIDTH / 2) + np.sin(angle) * (y - HEIGHT / 2) - off
        light = 1 - rng.uniform(0.2, 0.8) / (1 + np.exp(-np.clip(across / soft_px, -50, 50)))
        return np.asarray(215 * light)

    def lamp(rng: np.random.Generator) -> Field:
        away = (x - rng.uniform(0, WIDTH)) ** 2 + (y - rng.uniform(0, HEIGHT)) ** 2
        return np.asarray(120 + rng.uniform(40, 110) * np.exp(-away / (2 * rng.uniform(40, 150) ** 2)))

    def sheet(rng: np.random.Generator) -> Field:
        angle, (left, right, above, below) = rng.uniform(-0.12, 0.12), rng.uniform(0.3, 0.55, 4)
        along = (np.cos(angle) * (x - WIDTH / 2) + np.sin(angle) * (y - HEIGHT / 2)) / WIDTH
        down = (np.cos(angle) * (y - HEIGHT / 2) - np.sin(angle) * (x - WIDTH / 2)) / HEIGHT
        there = (along > -left) & (along < right) & (down > -above) & (down < below)
        return np.where(there, 225.0, rng.uniform(20, 150))

    return {
        "hard shadow": lambda rng: shadow(rng, 0.5),
        "soft shadow": lambda rng: shadow(rng, 30),
        "lamp": lamp,
        "sheet on a table": sheet,
        "gradient": lambda rng: 40 + rng.uniform(50, 200) * x / WIDTH,
        "noise": lambda rng: rng.uniform(0, 256, (HEIGHT, WIDTH)),
    }


@pytest.mark.parametrize("kind", scenes())
def test_light_sheets_and_noise_are_not_taken_for_ink_at_the_edge(kind: str) -> None:
    draw = scenes()[kind]
    for seed in range(12):
        rng = np.random.default_rng(seed)
        page = draw(rng) + 3 * rng.standard_normal((HEIGHT, WIDTH))
        assert add_margin(np.clip(page, 0, 255).astype(np.uint8))[1] == 0


def test_the_margin_goes_on_as_the_light_slopes_and_has_the_grain_of_the_paper() -> None:
    x = np.arange(100)
    rng = np.random.default_rng(0)
    page = 160 + 0.5 * x + rng.normal(0, 4, (100, 100))
    page[:20, 10:90] = page[:, 70:90] = 20
    larger, margin = add_margin(np.clip(page, 0, 255).astype(np.uint8))
    left, right = larger[margin:-margin, : margin - 2], larger[margin:-margin, 2 - margin :]
    assert np.median(left) == pytest.approx(160, abs=6)
    assert np.median(right) == pytest.approx(210, abs=6)
    assert left.std() == pytest.approx(4, abs=1.5)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (2, 2)])
def test_no_picture_is_too_small(size: tuple[int, int]) -> None:
    page = np.random.default_rng(0).integers(0, 2, size, np.uint8) * 255
    larger, margin = add_margin(page)
    assert larger.shape == tuple(side + 2 * margin for side in size)


def test_every_limit_is_a_parameter(digits: Pixels) -> None:
    page = np.repeat(np.repeat(cut_out(digits[0], 1), 10, axis=0), 10, axis=1)
    assert add_margin(page)[1] == round(0.3 * max(page.shape))
    assert add_margin(page, replace(MARGIN, margin_share_of_longer_side=0.1))[1] == round(0.1 * max(page.shape))
    for tighter in (
        {"least_separability": 1.0},
        {"least_thickness_share_of_side": 0.9},
        {"least_area_in_thicknesses": 100.0},
        {"most_outline_at_edge": 0.0},
        {"most_of_box": 0.0},
        {"most_of_a_side": 0.0},
    ):
        assert add_margin(page, replace(MARGIN, **tighter))[1] == 0, tighter  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", [1, 3])
def test_the_paper_of_a_field_that_was_cut_on_its_bold_lines_stays_light(scale: int) -> None:
    field = np.full((50, 120), 220, np.uint8)
    field[[0, 1, 2, 3, -3, -2, -1]] = field[:, [0, 1, 2, 58, 59, 60, 61, 62]] = 30
    field[2:10, 70:110] = field[2:10, 10:50] = 220  # the light reaches the edge where a line has faded
    field[:2, 80:100] = field[:2, 20:40] = 220
    field[15:38, 28:32] = field[15:38, 88:92] = 60
    page = np.repeat(np.repeat(field, scale, axis=0), scale, axis=1)
    assert find_ink(page).dark
