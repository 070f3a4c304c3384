"""What bare paper looks like under light, shadow and ink."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mnist_nn.imaging.clean.light import LIGHT, enlarge, even_out_light, paper_grid


@settings(deadline=None, max_examples=20)
@given(st.floats(100, 240), st.floats(-40, 40), st.floats(-40, 40), st.integers(0, 2**32 - 1))
def test_paper_is_an_even_slope_under_any_sparse_ink(level: float, right: float, down: float, seed: int) -> None:
    y, x = np.mgrid[-1:1:240j, -1:1:300j]
    assume(level + abs(right) + abs(down) <= 255)  # light beyond white would be no slope
    bare = level + right * x + down * y
    page = bare.copy()
    rng = np.random.default_rng(seed)
    for cell, (down_by, right_by) in zip(np.ndindex(3, 4), rng.integers(5, (30, 60), (12, 2)), strict=True):
        top, left = cell[0] * 80 + down_by, cell[1] * 75 + right_by
        page[top : top + 40, left : left + 5] *= 0.3
    pixels = np.rint(page).astype(np.uint8)
    assert abs(enlarge(paper_grid(pixels), pixels.shape) - bare).max() < 8


@pytest.mark.parametrize("dark", [True, False])
def test_ink_is_what_stands_out_from_its_paper(dark: bool) -> None:
    page = np.full((120, 160), 200 if dark else 40, np.uint8)
    page[40:80, 60:64] = 40 if dark else 200
    even = even_out_light(page)
    assert even.dark == dark
    assert even.evened[60, 62] > 0.7
    assert even.evened[10, 10] == even.noise == 0
    assert even.shadow is None


def test_the_edge_of_a_shadow_lies_above_the_darkest_paper_near_it() -> None:
    page = np.full((200, 300), 220, np.uint8)
    page[:, 150:] = 90
    shadow = even_out_light(page).shadow
    assert shadow is not None
    assert (shadow.below_paper <= 1).all()
    assert shadow.ground.min() >= LIGHT.least_ground_below_dark_ink_grey_levels


def test_noise_is_smoothed_from_where_the_parameters_say() -> None:
    page = np.random.default_rng(0).normal(200, 3, (200, 300)).astype(np.uint8)
    smooth = replace(LIGHT, noisy_from_sigma=0.001)
    assert even_out_light(page, smooth).noise < even_out_light(page).noise / 2


def test_cells_are_as_many_as_the_parameters_say() -> None:
    page = np.full((200, 300), 200, np.uint8)
    assert paper_grid(page).shape == (29, 43)
    assert paper_grid(page, replace(LIGHT, cells_along_longer_side=10)).shape == (7, 10)
