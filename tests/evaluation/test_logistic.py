"""Logistic regression against the condition that its minimum satisfies, and against shares known beforehand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.evaluation.logistic import fit_logistic


def expect(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


@given(st.integers(0, 1000), st.floats(0.01, 10))
def test_the_gradient_of_the_penalised_likelihood_is_zero(seed: int, penalty: float) -> None:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(200, 3)) * [1, 10, 0.1] + [0, 5, 1]
    truth = (rng.random(200) < expect(features @ [1.0, -0.1, 2.0])).astype(float)
    shares = rng.uniform(0.5, 2, 200)
    weights, bias = fit_logistic(features, truth, penalty, shares)
    error = shares * (expect(features @ weights + bias) - truth)
    assert error.sum() == pytest.approx(0, abs=1e-5)
    spread = features.std(axis=0)
    assert features.T @ error - features.mean(axis=0) * error.sum() == pytest.approx(
        -penalty * weights * spread**2, abs=1e-4
    )


def test_shares_are_counted_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    features, truth = rng.normal(size=(40, 2)), np.arange(40) % 2
    shares = np.ones(40)
    doubled = np.concatenate([features, features[:10]])
    weights, bias = fit_logistic(doubled, np.concatenate([truth, truth[:10]]), 1e-9)
    shares[:10] = 2
    again, bias_again = fit_logistic(features, truth, 1e-9, shares)
    assert again == pytest.approx(weights, abs=1e-6)
    assert bias_again == pytest.approx(bias, abs=1e-6)


def test_a_feature_that_never_varies_and_truth_that_is_separated_stay_finite() -> None:
    features = np.column_stack([np.arange(10.0), np.full(10, 3.0)])
    weights, bias = fit_logistic(features, (np.arange(10) > 4).astype(float), 0.1)
    assert np.isfinite([*weights, bias]).all()
    assert weights[1] == pytest.approx(0, abs=1e-6)
