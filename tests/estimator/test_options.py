"""Every option of the library reaches it, and a wrong one is named."""

import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.errors import ConfigError
from mnist_nn.estimator import MLPDigitClassifier
from mnist_nn.estimator.parameters import FROM_DATA, PARAMETERS

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
    "subset": (90, 90),
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
    elsewhere = {"seed", "augmentation", "momentum"}  # the tests below
    assert set(OPTIONS) | elsewhere | set(FROM_DATA) == every
    parameters = set(MLPDigitClassifier().get_params())
    assert {PARAMETERS.get(name, name) for name in every - set(FROM_DATA)} < parameters


def test_every_parameter_is_in_the_docs() -> None:
    page = Path(__file__).parents[2] / "docs" / "scikit-learn.md"
    section = page.read_text(encoding="utf-8").split("\n## ")[2]
    named = set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))
    assert named == set(MLPDigitClassifier().get_params())


def test_shared_parameters_have_mlp_classifiers_defaults() -> None:
    ours, theirs = MLPDigitClassifier().get_params(), MLPClassifier().get_params()
    shared = ours.keys() & theirs.keys()
    assert len(shared) == 19
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


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
        ({"alpha": -1.0}, "alpha is -1.0; give a number that is not negative"),
        ({"alpha": "much"}, "alpha is 'much'"),
        ({"max_iter": 0}, "max_iter is 0"),
        ({"max_iter": "x"}, "max_iter is 'x'; give a whole number"),
        ({"tol": "a"}, "tol is 'a'; give a number that is not negative"),
        ({"n_iter_no_change": 0}, "n_iter_no_change is 0; give a whole number from 1 on, or None"),
        ({"callback": 3}, "callback is 3; give a function that takes an Epoch, or None"),
        ({"early_stopping": "yes"}, "early_stopping is 'yes'; give True or False"),
        ({"warm_start": 3}, "warm_start is 3; give True or False"),
        ({"verbose": -1}, "verbose is -1; give True, False, or a whole number from 0 on"),
        ({"batch_size": 0}, "batch_size is 0; give a whole number from 1 on, or 'auto'"),
        ({"batch_size": "all"}, "batch_size is 'all'"),
        (
            {"class_weight": "auto"},
            "class_weight is 'auto'; give 'balanced', a dictionary from class",
        ),
        ({"class_weight": {0: -1.0}}, "class_weight is {0: -1.0}"),
        ({"momentum": 2}, "momentum is 2; give a number from 0"),
        ({"validation_fraction": 1.5}, "validation_fraction is 1.5; give a share below 1 or a whole number of samples"),
        ({"early_stopping": True, "validation_fraction": 0}, "validation_fraction is 0, and early_stopping needs"),
        ({"beta_1": 1.0}, "beta_1 is 1.0"),
        ({"beta_1": 1.0, "solver": "sgd"}, "beta_1 is 1.0"),
        ({"engine": "fast"}, "unknown engine 'fast'"),
        ({"output": "softmax", "loss": "classic_mse"}, "loss classic_mse is for sigmoid outputs"),
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
