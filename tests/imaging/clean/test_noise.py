"""The noise of paper, whatever is written on it."""

import numpy as np
import pytest

from mnist_nn.imaging.clean.noise import estimate_noise


@pytest.mark.parametrize("sigma", [0.01, 0.05, 0.2])
def test_noise_is_measured_beside_ink(sigma: float) -> None:
    page = sigma * np.random.default_rng(0).standard_normal((300, 300)).astype(np.float32)
    page[100:200, 100:200] += 0.8
    assert estimate_noise(page) == pytest.approx(sigma, rel=0.2)  # ink makes it a little more


def test_noise_that_is_cut_off_at_black_is_noise_all_the_same() -> None:
    page = np.maximum(0, 0.1 * np.random.default_rng(0).standard_normal((300, 300)).astype(np.float32))
    assert 0.025 < estimate_noise(page) < 0.12


def test_noise_is_measured_where_the_paper_is_bare() -> None:
    page = 0.02 * np.random.default_rng(0).standard_normal((300, 300)).astype(np.float32)
    squares = np.zeros(page.shape, bool)
    squares[::6] = squares[1::6] = squares[:, ::6] = squares[:, 1::6] = True  # more than half of the page
    page[squares] += 0.5
    assert estimate_noise(page) > 0.025
    assert estimate_noise(page, ~squares) == pytest.approx(0.02, rel=0.1)
