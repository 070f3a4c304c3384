"""Parameters: each reaches the library, a wrong one is named; where training goes on from, and when it is enough."""

import math
import re
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier

from mnist_nn import Checkpoint, Network, NetworkConfig, TrainingConfig
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.estimator import MLPDigitClassifier
from mnist_nn.estimator.parameters import (
    FROM_DATA,
    PARAMETERS,
    Plateau,
    as_images,
    continue_from,
    find_classes,
    is_table,
    make_training_config,
    read_patience,
)
from mnist_nn.nn.optimizers import OptimizerState
from mnist_nn.training.early_stopping import Best

X, Y = load_iris(return_X_y=True)
BRIEF: dict[str, Any] = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0, "n_iter_no_change": None}


def configured(model: MLPDigitClassifier) -> tuple[NetworkConfig, TrainingConfig]:
    """Watch what `train` is asked for."""
    seen: list[Any] = []
    module = sys.modules["mnist_nn.estimator.classifier"]
    learn = module.train
    module.train = lambda network, samples, config, **rest: (
        seen.append((network.config, config)) or learn(network, samples, config, **rest)
    )
    try:
        model.fit(X, Y)
    finally:
        module.train = learn
    return seen[0]


OPTIONS: dict[str, tuple[Any, Any]] = {
    "hidden": ((7, 5), (7, 5)),
    "activation": (("leaky_relu",), ("leaky_relu",)),
    "output": ("sigmoid", "sigmoid"),
    "initializer": ("he_normal", "he_normal"),
    "dtype": ("float64", "float64"),
    "loss": ("mse", "mse"),
    "optimizer": ("nesterov", "nesterov"),
    "learning_rate": (0.02, 0.02),
    "schedule": ("cosine", "cosine"),
    "epochs": (3, 3),
    "batch_size": (16, 16),
    "dropout": (0.25, 0.25),
    "l2": (0.4, 0.4 / 150),
    "max_norm": (2.0, 2.0),
    "label_smoothing": (0.1, 0.1),
    "prepare": ("standardize", "standardize"),
    "prune_from": (120, (120,)),
    "ema_decay": (0.8, 0.8),
    "subset": (90, 90),
    "freeze": (1, 1),
    "order_seed": (5, 5),
    "validation": (0.3, 0.3),
    "patience": (4, 4),
    "beta1": (0.8, 0.8),
    "beta2": (0.99, 0.99),
    "epsilon": (1e-6, 1e-6),
}


@pytest.mark.parametrize("field", OPTIONS)
def test_an_option_reaches_the_library(field: str) -> None:
    given, expected = OPTIONS[field]
    holds_out = {"early_stopping": True} if field in ("validation", "patience") else {}
    model = MLPDigitClassifier(**{**BRIEF, **holds_out, PARAMETERS.get(field, field): given})
    found = {**vars(configured(model)[0]), **vars(configured(model)[1])}
    assert found[field] == pytest.approx(expected) if field == "l2" else found[field] == expected


def test_every_option_is_among_them() -> None:
    every = {field.name for config in (NetworkConfig, TrainingConfig) for field in fields(config)}
    of_a_teacher = {"teacher_share", "teacher_temperature"}
    elsewhere = {"seed", "augmentation", "augment", "momentum", "class_weight", *of_a_teacher}  # the tests below
    assert set(OPTIONS) | elsewhere | set(FROM_DATA) == every
    parameters = set(MLPDigitClassifier().get_params())
    assert {PARAMETERS.get(name, name) for name in every - set(FROM_DATA)} < parameters


def test_every_parameter_is_in_the_docs() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "scikit-learn.md"
    section = page.read_text(encoding="utf-8").split("\n## ")[2]
    named = set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))
    assert named == set(MLPDigitClassifier().get_params())


def test_shared_parameters_have_mlp_classifiers_defaults() -> None:
    ours, theirs = MLPDigitClassifier().get_params(), MLPClassifier().get_params()
    shared = ours.keys() & theirs.keys()
    assert len(shared) == 19
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


def test_what_belongs_to_a_teacher_is_used_with_one() -> None:
    alone = MLPDigitClassifier(**BRIEF, teacher_share=0.5, teacher_temperature=2.0).fit(X, Y)
    taught = clone(alone).set_params(teacher=alone.network_)
    found = [(c.teacher_share, c.teacher_temperature) for c in (configured(m)[1] for m in (alone, taught))]
    assert found == [(0.0, 1.0), (0.5, 2.0)]
    assert not np.array_equal(taught.fit(X, Y).coefs_[0], alone.coefs_[0])


def test_momentum_belongs_to_two_solvers() -> None:
    for solver, expected in [("momentum", 0.5), ("nesterov", 0.5), ("sgd", None), ("adam", None)]:
        assert configured(MLPDigitClassifier(**BRIEF, solver=solver, momentum=0.5))[1].momentum == expected


def test_parameters_without_effect_are_allowed_as_mlp_classifier_allows_them() -> None:
    unused = {"solver": "sgd", "beta_1": 0.5, "epsilon": 1e-3, "hidden_layer_sizes": (), "activation": "relu"}
    network, training = configured(MLPDigitClassifier(**{**BRIEF, **unused}))
    assert (network.activation, training.beta1, training.epsilon) == ((), 0.9, 1e-8)


def test_names_are_taken_however_they_are_spelled() -> None:
    spelled = {"solver": "Nesterov", "activation": "Leaky ReLU", "loss": "Cross-Entropy", "engine": "Reference"}
    network, training = configured(MLPDigitClassifier(**{**BRIEF, **spelled, "augmentation": "None"}))
    assert (network.activation, training.loss) == (("leaky_relu",), "cross_entropy")
    assert (training.optimizer, training.momentum) == ("nesterov", 0.9)


def test_random_state_decides_everything() -> None:
    model = MLPDigitClassifier(**{**BRIEF, "dropout": 0.2})
    first, again, other = (clone(model).set_params(random_state=seed).fit(X, Y) for seed in (1, 1, 2))
    assert np.array_equal(first.coefs_[0], again.coefs_[0])
    assert not np.array_equal(first.coefs_[0], other.coefs_[0])
    free = [clone(model).set_params(random_state=None).fit(X, Y).coefs_[0] for _ in range(2)]
    assert not np.array_equal(*free)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"solver": "lbfgs"}, "unknown solver 'lbfgs'; choose one of: sgd, momentum"),
        ({"activation": "sigmod"}, "unknown activation 'sigmod'"),
        ({"hidden_layer_sizes": (0,)}, "hidden_layer_sizes is 0; give a whole number"),
        ({"learning_rate_init": -1}, "learning_rate_init is -1; give a number above 0"),
        ({"learning_rate": "adaptive"}, "unknown learning_rate 'adaptive'; choose one of: constant"),
        ({"activation": 3}, "unknown activation 3; choose one of: sigmoid, tanh, relu, leaky_relu, identity, logistic"),
        ({"alpha": -1.0}, "alpha is -1.0; give a non-negative number"),
        ({"alpha": "much"}, "alpha is 'much'"),
        ({"max_iter": 0}, "max_iter is 0"),
        ({"max_iter": "x"}, "max_iter is 'x'; give a whole number"),
        ({"tol": "a"}, "tol is 'a'; give a non-negative number"),
        ({"n_iter_no_change": 0}, "n_iter_no_change is 0; give a positive whole number, or None"),
        ({"callback": 3}, "callback is 3; give a function that takes an Epoch, or None"),
        ({"early_stopping": "yes"}, "early_stopping is 'yes'; give True or False"),
        ({"warm_start": 3}, "warm_start is 3; give True or False"),
        ({"verbose": -1}, "verbose is -1; give True, False, or a non-negative whole number"),
        ({"batch_size": 0}, "batch_size is 0; give a positive whole number, or 'auto'"),
        ({"batch_size": "all"}, "batch_size is 'all'"),
        (
            {"class_weight": "auto"},
            "class_weight is 'auto'; give 'balanced', a dictionary from class",
        ),
        ({"class_weight": {0: -1.0}}, "class_weight is {0: -1.0}"),
        ({"momentum": 2}, "momentum is 2; give a number from 0"),
        ({"validation_fraction": 1.5}, "validation_fraction is 1.5; give a share below 1 or a whole number of samples"),
        ({"early_stopping": True, "validation_fraction": 0}, "validation_fraction is 0, but early_stopping needs"),
        ({"beta_1": 1.0}, "beta_1 is 1.0"),
        ({"beta_1": 1.0, "solver": "sgd"}, "beta_1 is 1.0"),
        ({"engine": "fast"}, "unknown engine 'fast'"),
        ({"output": "softmax", "loss": "classic_mse"}, "loss classic_mse needs sigmoid outputs"),
        ({"dropout": (0.1, 0.2)}, "dropout has 2 values for 1 hidden layers"),
        ({"early_stopping": True, "validation_fraction": 200}, "holding out 200 of 150 samples"),
        ({"engine": "compiled", "dtype": "float64"}, "float32, not float64"),
    ],
)
def test_wrong_parameters_are_named(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)) as caught:
        MLPDigitClassifier(**{**BRIEF, **wrong}).fit(X, Y)
    assert "\n" not in str(caught.value)


def test_wrong_parameters_are_named_by_partial_fit_too() -> None:
    with pytest.raises(ConfigError, match="tol is None"):
        MLPDigitClassifier(tol=None).partial_fit(X, Y, classes=[0, 1, 2])  # type: ignore[arg-type]


# What parameters come to


@pytest.mark.parametrize(("count", "weight", "batch", "l2"), [(50, 50.0, 50, 0.4 / 50), (900, 450.0, 200, 0.8 / 200)])
def test_the_penalty_is_divided_by_what_a_batch_weighs(count: int, weight: float, batch: int, l2: float) -> None:
    values = MLPDigitClassifier(alpha=0.4).get_params()
    config = make_training_config(values, count, weight, seed=7, epochs=9, holds_out=False)
    assert (config.batch_size, config.seed, config.epochs) == (batch, 7, 9)
    assert config.l2 == pytest.approx(l2)
    assert (config.validation, config.patience) == (0, None)
    held_out = make_training_config(values, count, weight, seed=7, epochs=9, holds_out=True)
    assert (held_out.validation, held_out.patience) == (0.1, 10)


@pytest.mark.parametrize(("given_", "epochs"), [(None, None), (math.inf, None), (3, 3), (np.int64(3), 3)])
def test_patience_may_be_endless(given_: Any, epochs: int | None) -> None:
    assert read_patience(given_) == epochs


@pytest.mark.parametrize(("labels", "classes"), [(["b", "a", "b"], ["a", "b"]), ([2, 0, 2], [0, 2])])
def test_classes_are_the_different_labels_in_order(labels: list[Any], classes: list[Any]) -> None:
    assert find_classes(labels).tolist() == classes


def test_images_are_square_and_of_bytes() -> None:
    rows = np.arange(18.0).reshape(2, 9)
    assert as_images(rows).dtype == np.uint8
    np.testing.assert_array_equal(as_images(rows), rows.reshape(2, 3, 3))
    for wrong in (rows[:, :8], rows + 0.5, rows - 1, rows + 250):
        with pytest.raises(DataError, match="augmentation needs square pictures"):
            as_images(wrong)


# Going on


def test_training_continues_from_the_network_to_use_with_the_memory_of_the_same_solver() -> None:
    shape, adam = NetworkConfig(inputs=4, outputs=3), TrainingConfig(optimizer="adam")
    start = Checkpoint.start(Network.create(shape, 1), adam)
    state = OptimizerState(40, start.state.slots)
    best = Network.create(shape, 2)
    at = replace(start, state=state, epoch=5, best=Best(best, 3, 0.9), engines=("compiled",))
    same = continue_from(at, shape, adam)
    assert (same.network, same.state, same.epoch, same.best) == (best, state, 5, None)
    assert (same.history, same.engines) == (at.history, at.engines)
    other = continue_from(at, shape, TrainingConfig(optimizer="momentum"))
    assert (other.network, other.state.updates, set(other.state.slots)) == (best, 0, {"velocity"})
    with pytest.raises(
        ConfigError, match=re.escape("hidden_layer_sizes is (9,), but the network was trained with (20,)")
    ):
        continue_from(at, replace(shape, hidden=(9,)), adam)


LOSSES = st.lists(st.floats(0, 10), max_size=30)


@settings(max_examples=50)
@given(LOSSES, st.integers(1, 5), st.floats(0, 1))
def test_a_plateau_is_where_neither_the_best_nor_the_mean_gets_better(losses: list[float], n: int, tol: float) -> None:
    plateau = Plateau(tol, n)
    for count, loss in enumerate(losses, 1):
        found, seen = plateau.update(loss), losses[:count]
        if count < 2 * n:
            assert not found
            continue
        best_rose = min(seen[:-n]) - min(seen[-n:])
        mean_rose = np.mean(seen[-2 * n : -n]) - np.mean(seen[-n:])
        if min(abs(best_rose - tol), abs(mean_rose - tol)) > 1e-9:  # else rounding decides
            assert found == (max(best_rose, mean_rose) < tol)


def test_without_patience_there_is_no_plateau() -> None:
    plateau = Plateau(1e9, None)
    assert not any(plateau.update(1.0) for _ in range(100))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sparse", [False, True])
def test_bytes_divided_by_255_are_pixels_and_other_shares_are_none(dtype: str, sparse: bool) -> None:
    pixels = (np.arange(5000 * 8) % 256).reshape(-1, 8).astype(dtype) / np.array(255, dtype)
    table = pixels.copy()
    table[-1, -1] = 0.5  # one number is enough, in the last block too
    for numbers, expected in ((pixels, False), (table, True), (-pixels, True), (2 * pixels, True)):
        given = csr_array(numbers) if sparse else numbers
        assert is_table(given, np.array([0, 1]), pixels=False) == expected
    assert is_table(pixels, np.array([1, 2]), pixels=False), "classes that do not count from 0"
    assert not is_table(255 * pixels, np.array([0, 1]), pixels=True)
