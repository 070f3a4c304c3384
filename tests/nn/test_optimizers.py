"""One and two steps of each optimizer by hand; engines/test_oracle.py follows them through whole networks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import TrainingConfig
from mnist_nn.errors import ConfigError
from mnist_nn.nn import config
from mnist_nn.nn.optimizers import OPTIMIZERS, Constants, OptimizerState, get_optimizer, initial_state

# p = 1, g = 2 and then -4, eta = 0.1, momentum 0.5; adam with beta1 0.5, beta2 0.75, epsilon 1.
BY_HAND = {
    # 1 - 0.1·2 = 0.8, 0.8 + 0.1·4 = 1.2
    "sgd": [0.8, 1.2],
    # v = 2, 0.8; v = 0.5·2 - 4 = -3, 0.8 + 0.3 = 1.1
    "momentum": [0.8, 1.1],
    # v = 2, 1 - 0.1·(2 + 0.5·2) = 0.7; v = -3, 0.7 - 0.1·(-4 - 0.5·3) = 1.25
    "nesterov": [0.7, 1.25],
    # m = 1, v = 1, m̂ = 1/0.5 = 2, v̂ = 1/0.25 = 4, 1 - 0.1·2/(2 + 1) = 14/15;
    # m = 0.5 - 2 = -1.5, v = 0.75 + 4 = 4.75, m̂ = -1.5/0.75 = -2, v̂ = 4.75/(7/16) = 76/7
    "adam": [14 / 15, 14 / 15 + 0.2 / ((76 / 7) ** 0.5 + 1)],
}
BY_HAND["adamw"] = BY_HAND["adam"]
CONSTANTS = Constants(momentum=0.5, beta1=0.5, beta2=0.75, epsilon=1.0)


def walk(name: str, gradients: list[np.ndarray], start: np.ndarray, eta: float = 0.1) -> list[np.ndarray]:
    p, seen = start.copy(), []
    slots = [np.zeros_like(start) for _ in OPTIMIZERS[name].slots]
    for t, g in enumerate(gradients, start=1):
        OPTIMIZERS[name].step(p, g, slots, t, eta, CONSTANTS)
        seen.append(p.copy())
    return seen


def test_registry_is_what_the_configuration_lists() -> None:
    assert tuple(OPTIMIZERS) == config.OPTIMIZERS
    assert set(BY_HAND) == set(OPTIMIZERS)


@pytest.mark.parametrize("name", BY_HAND)
def test_two_steps_by_hand(name: str) -> None:
    found = walk(name, [np.array([2.0]), np.array([-4.0])], np.array([1.0]))
    assert [float(p[0]) for p in found] == pytest.approx(BY_HAND[name], rel=1e-14)


@pytest.mark.parametrize("name", BY_HAND)
def test_entries_do_not_mix_and_the_gradient_stays(name: str) -> None:
    g = np.array([[2.0, 1.0], [-3.0, 0.0]])
    together = walk(name, [g, g], np.ones((2, 2)))[-1]
    alone = [walk(name, [np.array([v])] * 2, np.ones(1))[-1][0] for v in g.ravel()]
    np.testing.assert_allclose(together.ravel(), alone, rtol=1e-14)
    assert g.tolist() == [[2.0, 1.0], [-3.0, 0.0]]


@pytest.mark.parametrize("name", BY_HAND)
def test_the_first_step_goes_against_the_gradient_and_none_without_one(name: str) -> None:
    assert walk(name, [np.array([0.0])], np.array([1.0]))[0] == 1
    assert walk(name, [np.array([3.0])], np.array([1.0]))[0] < 1
    assert walk(name, [np.array([-3.0])], np.array([1.0]))[0] > 1


@settings(deadline=None, max_examples=40)
@given(st.floats(1e-3, 1e3), st.floats(1e-4, 1.0))
def test_adams_first_step_is_eta_whatever_the_gradient(g: float, eta: float) -> None:
    p, constants = np.zeros(1), Constants(epsilon=1e-12)
    OPTIMIZERS["adam"].step(p, np.array([g]), [np.zeros(1), np.zeros(1)], 1, eta, constants)
    assert p[0] == pytest.approx(-eta, rel=1e-6)


@pytest.mark.parametrize("name", BY_HAND)
def test_single_precision_stays(name: str) -> None:
    p = np.ones(3, np.float32)
    slots = [np.zeros_like(p) for _ in OPTIMIZERS[name].slots]
    OPTIMIZERS[name].step(p, np.ones(3, np.float32), slots, 1, 0.1, CONSTANTS)
    assert p.dtype == np.float32
    assert all(slot.dtype == np.float32 for slot in slots)


@pytest.mark.parametrize("name", BY_HAND)
def test_the_state_starts_at_zero_with_an_array_for_each_parameter(name: str) -> None:
    parameters = (np.ones((2, 3), np.float32), np.ones(2, np.float32))
    state = initial_state(name, parameters)
    assert state.updates == 0
    assert tuple(state.slots) == get_optimizer(name).slots
    for arrays in state.slots.values():
        assert [(a.shape, a.dtype) for a in arrays] == [(p.shape, p.dtype) for p in parameters]
        assert not any(a.any() for a in arrays)


def test_constants_come_from_the_configuration() -> None:
    assert Constants.of(TrainingConfig(optimizer="nesterov", momentum=0.7)) == Constants(momentum=0.7)
    training = TrainingConfig(optimizer="adam", beta1=0.6, beta2=0.8, epsilon=1e-4)
    assert Constants.of(training) == Constants(0.9, 0.6, 0.8, 1e-4)
    assert Constants.of(TrainingConfig()) == Constants(0.9, 0.9, 0.999, 1e-8)
    assert Constants.of(TrainingConfig(optimizer="momentum", momentum=0.0)).momentum == 0


def test_an_unknown_name_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(ConfigError, match="unknown optimizer 'rmsprop'; choose one of: sgd, momentum, nesterov, adam"):
        get_optimizer("rmsprop")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_state_knows_whether_it_is_finite(value: float) -> None:
    state = initial_state("adam", (np.ones(3), np.ones(2)))
    assert state.finite
    assert initial_state("sgd", (np.ones(3),)).finite
    assert not OptimizerState(1, {**state.slots, "v": (np.ones(3), np.array([1.0, value]))}).finite
