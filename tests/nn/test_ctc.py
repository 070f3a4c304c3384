"""CTC against the sum over every single alignment, and the two forms against each other."""

import itertools
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.nn.ctc import ctc_loss, ctc_posteriors, greedy, log_softmax

Array = npt.NDArray[Any]


def collapse(path: tuple[int, ...], blank: int) -> tuple[int, ...]:
    """What an alignment reads as: repeats become one, then blanks go."""
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def by_all_alignments(y: Array, labels: list[int], blank: int) -> tuple[float, Array]:
    """p(labels) and the posterior of every class at every step, from each path in turn."""
    steps, classes = y.shape
    whole, gamma = 0.0, np.zeros(y.shape)
    for path in itertools.product(range(classes), repeat=steps):
        if collapse(path, blank) == tuple(labels):
            p = math.exp(sum(y[t, label] for t, label in enumerate(path)))
            whole += p
            for t, label in enumerate(path):
                gamma[t, label] += p
    return whole, gamma / whole if whole else np.exp(y)


@st.composite
def lines(draw: st.DrawFn, most_steps: int = 5, classes: int = 3) -> tuple[Array, list[int]]:
    steps = draw(st.integers(1, most_steps))
    z = np.array(draw(st.lists(st.floats(-8, 8), min_size=steps * classes, max_size=steps * classes)))
    labels = draw(st.lists(st.integers(0, classes - 2), max_size=4))
    return log_softmax(z.reshape(steps, classes)), labels


@given(lines())
def test_the_loss_adds_up_every_alignment(line: tuple[Array, list[int]]) -> None:
    y, labels = line
    whole, gamma = by_all_alignments(y, labels, blank=2)
    loss, found = ctc_loss(y, labels)
    assert math.exp(-loss) == pytest.approx(whole, rel=1e-9)
    np.testing.assert_allclose(found, gamma, atol=1e-9)


@given(lines(classes=4))
def test_the_blank_may_be_any_class(line: tuple[Array, list[int]]) -> None:
    y, labels = line
    moved = [label + 1 for label in labels]
    whole, gamma = by_all_alignments(y, moved, blank=0)
    loss, found = ctc_loss(y, moved, blank=0)
    assert math.exp(-loss) == pytest.approx(whole, rel=1e-9)
    np.testing.assert_allclose(found, gamma, atol=1e-9)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 3e-4)])
@given(given_lines=st.lists(lines(most_steps=12, classes=6), min_size=1, max_size=5))
def test_many_lines_at_once_are_each_line_alone(
    dtype: Any, tolerance: float, given_lines: list[tuple[Array, list[int]]]
) -> None:
    steps = np.array([len(y) for y, _ in given_lines])
    lengths = np.array([len(labels) for _, labels in given_lines])
    y = np.full((len(steps), steps.max(), 6), np.nan, dtype)  # what lies after a line's end is not to be read
    labels = np.full((len(steps), lengths.max()), -77)
    for i, (one, digits) in enumerate(given_lines):
        y[i, : len(one)], labels[i, : len(digits)] = one, digits
    losses, gamma = ctc_posteriors(y, steps, labels, lengths)
    assert (losses.dtype, gamma.dtype) == (dtype, dtype)
    for i, (one, digits) in enumerate(given_lines):
        loss, expected = ctc_loss(one, digits)
        assert losses[i] == pytest.approx(loss, rel=tolerance, abs=tolerance)
        np.testing.assert_allclose(gamma[i, : len(one)], expected, atol=tolerance)
        assert not gamma[i, len(one) :].any()


@given(lines(most_steps=12, classes=6))
def test_soft_targets_sum_to_one_at_every_step(line: tuple[Array, list[int]]) -> None:
    y, labels = line
    np.testing.assert_allclose(ctc_loss(y, labels)[1].sum(axis=1), 1, rtol=1e-9)


def test_the_gradient_by_z_is_softmax_less_gamma() -> None:
    rng, labels = np.random.default_rng(0), [1, 1, 3]
    z, step = rng.normal(size=(9, 5)), 1e-4
    numeric = np.zeros_like(z)
    for index in np.ndindex(*z.shape):
        values = []
        for s in (-1, 1):
            moved = z.copy()
            moved[index] += s * step
            values.append(ctc_loss(log_softmax(moved), labels)[0])
        numeric[index] = (values[1] - values[0]) / (2 * step)
    y = log_softmax(z)
    np.testing.assert_allclose(np.exp(y) - ctc_loss(y, labels)[1], numeric, atol=1e-7)


@pytest.mark.parametrize(("labels", "steps", "possible"), [([0, 1], 2, True), ([0, 0], 2, False), ([0, 0], 3, True)])
def test_alike_digits_need_a_step_between_them(labels: list[int], steps: int, possible: bool) -> None:
    y = log_softmax(np.random.default_rng(0).normal(size=(steps, 3)))
    loss, gamma = ctc_loss(y, labels)
    losses, many = ctc_posteriors(y[None], np.array([steps]), np.array([labels]), np.array([2]))
    assert math.isfinite(loss) == math.isfinite(losses[0]) == possible
    if not possible:
        np.testing.assert_allclose(gamma, np.exp(y))
        np.testing.assert_allclose(many[0], np.exp(y))


def test_probabilities_of_zero_rule_alignments_out() -> None:
    with np.errstate(divide="ignore"):
        y = np.log(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]))
    for labels, p in (([0], 1.0), ([], 0.0), ([0, 0], 0.0)):
        loss, _ = ctc_loss(y, labels)
        losses, _ = ctc_posteriors(
            y[None], np.array([3]), np.array([labels], int).reshape(1, -1), np.array([len(labels)])
        )
        assert math.exp(-loss) == pytest.approx(p)
        assert math.exp(-losses[0]) == pytest.approx(p)


def test_single_precision_holds_over_long_lines_and_sure_networks() -> None:
    rng = np.random.default_rng(0)
    lines, steps, digits = 8, 200, 12
    y = log_softmax(30 * rng.normal(size=(lines, steps, 11)))
    labels, lengths = rng.integers(0, 10, (lines, digits)), rng.integers(1, digits + 1, lines)
    (exact, gamma), (rough, found) = (
        ctc_posteriors(y.astype(dtype), np.full(lines, steps), labels, lengths) for dtype in (np.float64, np.float32)
    )
    assert np.isfinite(rough).all()
    np.testing.assert_allclose(rough, exact, rtol=1e-5)
    np.testing.assert_allclose(found, gamma, atol=5e-3)  # some thousand nats in float32 leave three digits
    assert not math.isnan(found.sum())


@given(path=st.lists(st.integers(0, 3), max_size=12), more=st.lists(st.integers(0, 3), max_size=4))
def test_greedy_collapses_the_likeliest_path(path: list[int], more: list[int]) -> None:
    y = np.eye(4)[[*path, *more, 3]][None]
    assert greedy(y, np.array([len(path)])) == [collapse(tuple(path), 3)]
