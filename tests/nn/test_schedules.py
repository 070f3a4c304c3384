"""The learning rate over a run: where each schedule starts, ends and what lies between."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.nn import config
from mnist_nn.nn.schedules import SCHEDULES, rates

# Factor of eta at the start, at a quarter, at the middle, at three quarters and at the end.
POINTS = {
    "constant": [1, 1, 1, 1, 1],
    "step": [1, 1, 0.1, 0.01, 0.01],
    "cosine": [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0],
    "linear": [1, 0.75, 0.5, 0.25, 0],
}


def test_registry_is_what_the_configuration_lists() -> None:
    assert tuple(SCHEDULES) == config.SCHEDULES
    assert set(POINTS) == set(SCHEDULES)


@pytest.mark.parametrize("name", POINTS)
def test_five_points(name: str) -> None:
    found = rates(name, 0.4, np.array([0, 0.25, 0.5, 0.75, 1]))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, 0.4 * np.array(POINTS[name]), rtol=1e-12, atol=1e-16)


def test_steps_fall_at_the_half_and_at_three_quarters_and_not_before() -> None:
    before = np.nextafter([0.5, 0.75], 0)
    np.testing.assert_allclose(rates("step", 1.0, before), [1, 0.1])


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(config.SCHEDULES), st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(1e-6, 1e3))
def test_rates_never_rise_nor_leave_0_to_eta(name: str, progress: list[float], eta: float) -> None:
    found = rates(name, eta, np.array(sorted(progress)))
    assert (np.diff(found) <= 0).all()
    assert ((found >= 0) & (found <= eta)).all()


@pytest.mark.parametrize("name", POINTS)
def test_a_rate_depends_on_its_own_progress_only(name: str) -> None:
    progress = np.linspace(0, 0.99, 12).reshape(3, 4)
    together = rates(name, 0.3, progress)
    assert together.shape == (3, 4)
    alone = [float(rates(name, 0.3, np.array([p]))[0]) for p in progress.ravel()]
    np.testing.assert_allclose(together.ravel(), alone, rtol=1e-14)


def test_an_unknown_name_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(ConfigError, match="unknown schedule 'warmup'; choose one of: constant, step, cosine, linear"):
        rates("warmup", 0.1, np.zeros(1))
