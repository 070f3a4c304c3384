"""How strong ink is, after Otsu, with rulings and noise aside."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.imaging.clean.line_work import LINE_WORK
from mnist_nn.imaging.clean.noise import estimate_noise
from mnist_nn.imaging.clean.rulings import RULINGS
from mnist_nn.imaging.clean.threshold import THRESHOLD, measure_ink

Floats = npt.NDArray[np.float32]


def page(ink: float, noise: float = 0.0) -> Floats:
    values = noise * np.random.default_rng(0).standard_normal((200, 300))
    values[80:120, 140:150] += ink
    return values.astype(np.float32)


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize("ink", [0.2, 0.5, 0.9])
def test_full_ink_is_as_strong_as_it_was_drawn(ink: float, noise: float) -> None:
    evened = page(ink, noise)
    strength = measure_ink(evened, estimate_noise(evened))
    assert strength is not None
    assert strength.level == pytest.approx(ink, abs=0.03)
    assert strength.noise == pytest.approx(noise, rel=0.1)
    assert not strength.rulings


@pytest.mark.parametrize(("ink", "noise"), [(0.0, 0.0), (0.05, 0.0), (0.2, 0.05), (0.9, 0.3)])
def test_what_hardly_differs_from_paper_or_noise_is_no_ink(ink: float, noise: float) -> None:
    evened = page(ink, noise)
    assert measure_ink(evened, estimate_noise(evened)) is None


def test_ink_is_measured_beside_rulings() -> None:
    evened = page(0.9)
    evened[::25] = evened[1::25] = 0.4
    strength = measure_ink(evened, 0.0)
    assert strength is not None
    assert len(strength.rulings.level) == 8
    assert strength.level == pytest.approx(0.9, abs=0.02)
    assert measure_ink(evened * (evened < 0.5), 0.0) is None


def test_the_least_contrast_is_a_parameter() -> None:
    assert measure_ink(page(0.05), 0.0, replace(THRESHOLD, least_contrast=0.02)) is not None


def waves(strength: float, seed: int, *, written: float = 0.0) -> Floats:
    """Two bent gratings, as on a cheque, that go as far to the light as to the dark; and a stroke across them."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:120, :300]
    gratings = [
        np.sin(2 * np.pi * (np.cos(turn) * x + np.sin(turn) * y) / rng.uniform(5, 11) + 2 * np.sin(y / 23 + turn))
        for turn in rng.uniform(0, np.pi, 2)
    ]
    page = strength * sum(gratings) / 2 + rng.normal(0, 0.02, y.shape)
    page[30:90, 100:107] += written
    return page.astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("strength", [0.1, 0.2])
def test_ink_is_told_from_a_pattern_that_passes_for_noise(strength: float, seed: int) -> None:
    evened = waves(strength, seed, written=0.6)
    strength_found = measure_ink(evened, estimate_noise(evened))
    assert strength_found is not None
    assert strength_found.level == pytest.approx(0.6, abs=0.15)
    assert 3 * strength_found.noise > np.quantile(waves(strength, seed), 0.98), "weak ink begins beyond the pattern"
    blank = waves(strength, seed)
    assert measure_ink(blank, estimate_noise(blank)) is None


def test_what_goes_both_ways_is_no_ink() -> None:
    evened, noise = page(0.7, 0.1), 0.2  # as a pattern would make it
    no_rulings = replace(RULINGS, least_page_side_px=1000, line_work=replace(LINE_WORK, most_strokes=0))
    assert measure_ink(evened, noise, rulings=no_rulings) is not None
    assert measure_ink(evened, noise, replace(THRESHOLD, most_ink_share=0.001), no_rulings) is None
    evened[80:120, 200:210] -= 0.7  # as much lighter as the stroke is darker
    assert measure_ink(evened, noise, rulings=no_rulings) is None
