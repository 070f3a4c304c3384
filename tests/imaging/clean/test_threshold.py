"""How strong ink is, after Otsu, with rulings and noise aside."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.imaging.clean.noise import estimate_noise
from mnist_nn.imaging.clean.threshold import THRESHOLD, measure_ink, otsu_split

Floats = npt.NDArray[np.float32]


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=3, max_size=20).filter(lambda counts: sum(map(bool, counts)) > 1))
def test_the_split_leaves_the_least_variance_within_both_classes(counts: list[int]) -> None:
    values = np.repeat(np.arange(len(counts)), counts)

    def within(last: int) -> float:
        return sum(side.size * side.var() for side in (values[values <= last], values[values > last]) if side.size)

    least = min(within(last) for last in range(len(counts) - 1))
    assert within(otsu_split(np.array(counts))) == pytest.approx(least, abs=1e-6)


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
