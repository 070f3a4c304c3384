"""Checks on single values: what is returned, and what is said of a value that cannot be."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.util import checks


@pytest.mark.parametrize(
    ("check", "value", "checked"),
    [
        (lambda value: checks.integer("n", value, 1), np.int64(3), 3),
        (lambda value: checks.integer("n", value, 1, 3), 3, 3),
        (lambda value: checks.positive("x", value), Fraction(1, 2), 0.5),
        (lambda value: checks.non_negative("x", value), 0, 0.0),
        (lambda value: checks.share("x", value), np.float32(0.5), 0.5),
        (lambda value: checks.choice("x", value, ("a", "b")), "b", "b"),
        (lambda value: checks.sequence("x", value), [1, 2], (1, 2)),
        (lambda value: checks.per_layer("x", value, 3), 0.1, (0.1, 0.1, 0.1)),
        (lambda value: checks.per_layer("x", value, 2), [1, 2], (1, 2)),
        (lambda value: checks.per_layer("x", value, 2), ["tanh"], ("tanh", "tanh")),
    ],
)
def test_a_value_that_can_be_comes_back_plain(check: Callable[[Any], Any], value: Any, checked: Any) -> None:
    found = check(value)
    assert found == checked
    assert type(found) is type(checked)


@pytest.mark.parametrize(
    ("check", "value", "said"),
    [
        (lambda value: checks.integer("n", value, 1), 0, "n is 0; give a whole number at least 1"),
        (lambda value: checks.integer("n", value, 1, 3), 4, "n is 4; give a whole number from 1 to 3"),
        (lambda value: checks.integer("n", value, 1), True, "n is True; give a whole number"),
        (lambda value: checks.integer("n", value, 1), 1.0, "n is 1.0; give a whole number"),
        (lambda value: checks.positive("x", value), 0, "x is 0; give a number above 0"),
        (lambda value: checks.positive("x", value), float("nan"), "x is nan; give a number above 0"),
        (lambda value: checks.non_negative("x", value), -1, "x is -1; give a non-negative number"),
        (lambda value: checks.share("x", value), 1, "x is 1; give a number from 0 to below 1"),
        (lambda value: checks.choice("x", value, ("a", "b")), "c", "unknown x 'c'; choose one of: a, b"),
        (lambda value: checks.sequence("x", value), "ab", "x is 'ab'; give a sequence of values"),
        (
            lambda value: checks.per_layer("x", value, 3),
            [1, 2],
            "x has 2 values for 3 hidden layers; give one value, or",
        ),
    ],
)
def test_a_value_that_cannot_be_is_named_with_what_can(check: Callable[[Any], Any], value: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check(value)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("value", [10**400, "1", None, True, float("inf"), 1j])
def test_what_is_no_finite_number(value: object) -> None:
    assert not checks.is_number(value)


# Names, however they are spelled

NAMES = ("sgd", "adam", "adamw", "cross_entropy", "leaky_relu", "fashion-mnist")


@given(st.sampled_from(NAMES), st.randoms(use_true_random=False))
def test_a_name_is_found_in_any_case_and_with_any_dash(name: str, random: Any) -> None:
    spelled = "".join(random.choice((c.upper(), c)) + random.choice(("", "", "-", "_", " ")) for c in name)
    assert checks.find_name(spelled, NAMES) == name
    assert checks.choice("name", spelled, NAMES) == name


@pytest.mark.parametrize("value", ["adamx", "", "-", "cross.entropy", None, 3, ["sgd"], b"sgd"])
def test_another_name_is_not_found(value: Any) -> None:
    assert checks.find_name(value, NAMES) is None
    with pytest.raises(ConfigError, match=r"^unknown name .*; choose one of: sgd, adam, adamw, cross_entropy"):
        checks.choice("name", value, NAMES)


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(ConfigError, match=r"fashion-mnist\. Did you mean cross_entropy\?$"):
        checks.choice("loss", "Cross-Entropie", NAMES)
    with pytest.raises(ConfigError, match=r"fashion-mnist$"):
        checks.choice("loss", "hinge", NAMES)
