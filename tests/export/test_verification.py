"""Differences, by hand: what is measured, how much is allowed, and what can be no prediction at all."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mnist_nn import Model
from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.export.vectors import Vectors, predict_exactly
from mnist_nn.export.verification import (
    INT8_TOLERANCE,
    TOLERANCE,
    Difference,
    Ran,
    Verification,
    check_shape,
    compare,
    find_differences,
)

Make = Callable[..., Model]


def predictions(*shares: float) -> Predictions:
    """Predictions of two classes, the second's probability given for each picture."""
    second = np.array(shares)
    return Predictions.of_outputs((second > 0.5).astype(np.int64), np.column_stack([1 - second, second]))


def carry(found: Predictions) -> Vectors:
    return Vectors(np.zeros((len(found.label), 4), np.uint8), found)


def find(expected: Predictions, ran: Ran, carried: Predictions | None = None) -> dict[str, Difference]:
    rows = find_differences(expected, ran, carry(expected if carried is None else carried))
    return {row.output: row for row in rows}


def test_answers_that_are_no_numbers_are_never_good(make_model: Make) -> None:
    answers = predict_exactly(make_model(), np.zeros((2, 784), np.uint8))
    broken = answers._replace(is_digit=np.array([1, np.nan]))
    assert [row.output for row in compare(answers, broken, 1.0) if not row.good] == ["is_digit"]


@pytest.mark.parametrize(("largest", "good"), [(0.0, True), (0.1, True), (0.11, False), (float("nan"), False)])
def test_a_difference_is_good_up_to_its_tolerance(largest: float, good: bool) -> None:
    row = Difference("confidence", largest, 0.1)
    assert row.good is good
    assert Verification("npz", "NumPy", 3, (Difference("label", 0, 0), row)).good is good


def test_the_largest_difference_of_each_output_is_found() -> None:
    rows = find(predictions(0.9, 0.2), Ran("one", predictions(0.9, 0.25)))
    assert list(rows) == ["label", "probabilities", "is_digit", "confidence", "test vectors inside"]
    assert [row.largest for row in rows.values()] == pytest.approx([0, 0.05, 0, 0.05, 0])
    assert [row.good for row in rows.values()] == [True, False, True, False, True]


def test_another_label_counts_unless_both_are_as_likely() -> None:
    expected = predictions(0.9, 0.1, 0.5)
    other = predictions(0.9, 0.1, 0.5)._replace(label=np.array([0, 0, 1]))
    assert expected.label.tolist() == [1, 0, 0]
    (label, *_) = compare(expected, other, TOLERANCE)
    assert (label.largest, label.good) == (1, False)


def test_vectors_inside_are_compared_with_the_first_pictures() -> None:
    expected = predictions(0.9, 0.2, 0.7)
    ran = Ran("one", expected)
    assert find(expected, ran, predictions(0.9, 0.2))["test vectors inside"].good
    inside = find(expected, ran, predictions(0.9, 0.3))["test vectors inside"]
    assert inside.largest == pytest.approx(0.1)
    assert not inside.good
    lost = find(expected, ran, predictions(0.9)._replace(is_digit=np.array([np.nan])))
    assert np.isnan(lost["test vectors inside"].largest), "what is no number is the worst"


def test_whole_numbers_may_be_off_by_more_in_a_few_pictures() -> None:
    shares = np.linspace(0.6, 0.9, 100)
    rules, few = predictions(*shares), shares.copy()
    few[:4] += INT8_TOLERANCE / 2
    good = find(rules, Ran("one", rules, (rules, predictions(*few))))
    assert good["int8 probabilities"].largest == pytest.approx(INT8_TOLERANCE / 2)
    assert all(row.good for row in good.values())
    few[:6] = shares[:6] + INT8_TOLERANCE / 2
    many = find(rules, Ran("one", rules, (rules, predictions(*few))))
    assert [name for name, row in many.items() if not row.good] == ["int8, 95 % of pictures"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": np.array([0, 1, 1])}, r"2 pictures of 2 classes have the shapes"),
        ({"is_digit": np.ones((2, 1))}, r"have the shapes"),
        ({"probabilities": np.full((2, 3), 1 / 3)}, r"have the shapes"),
        ({"label": np.array([0, 2])}, "label 2 is not one of the 2 classes"),
        ({"label": np.array([0, -1])}, "label -1 is not one"),
    ],
)
def test_what_can_be_no_prediction_is_said(change: dict[str, Any], message: str) -> None:
    expected = predictions(0.1, 0.9)
    check_shape(expected, 2, expected)
    with pytest.raises(ValueError, match=message):
        check_shape(expected._replace(**change), 2, expected)
    with pytest.raises(ValueError, match="0 pictures"):
        check_shape(expected.take(slice(0)), 0, expected)
