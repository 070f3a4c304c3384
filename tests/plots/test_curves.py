"""Curves hold the numbers that they are given."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from mnist_nn import plots
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.reliability import Reliability, reliability, risk_coverage
from mnist_nn.evaluation.robustness import Robustness
from mnist_nn.training.checkpoint import Scores

HISTORY = [Scores(n, 1 / n, 5 / n, 1 - 0.1 / n, 0.03, 0.1, 1.1 / n, 1 - 0.12 / n) for n in range(1, 6)]
CONFIDENCE = np.random.default_rng(0).beta(3, 1, 300)
RIGHT = np.random.default_rng(1).random(300) < CONFIDENCE


@pytest.fixture(scope="module")
def bins() -> Reliability:
    return reliability(CONFIDENCE, RIGHT)


def rows(figure: Figure, axes: int = 0, line: int = 0) -> list[list[float]]:
    return np.asarray(figure.axes[axes].lines[line].get_xydata()).tolist()


def test_learning_curves_are_the_history() -> None:
    figure = plots.learning_curves(HISTORY, "mean squared error", "summed binary cross-entropy")
    loss, descended, accuracy = range(3)
    assert rows(figure, loss) == [[row.epoch, row.loss] for row in HISTORY]
    assert rows(figure, loss, 1) == [[row.epoch, row.validation_loss] for row in HISTORY]
    assert rows(figure, descended) == [[row.epoch, row.descended] for row in HISTORY]
    assert rows(figure, accuracy) == [[row.epoch, row.accuracy] for row in HISTORY]
    assert rows(figure, accuracy, 1) == [[row.epoch, row.validation_accuracy] for row in HISTORY]
    assert figure.axes[loss].get_ylabel() == "mean squared error"
    assert figure.axes[accuracy].get_xlabel() == "epoch"


def test_what_was_not_measured_is_not_drawn() -> None:
    plain = [replace(row, validation_loss=None, validation_accuracy=None) for row in HISTORY]
    figure = plots.learning_curves(plain, "categorical cross-entropy", "categorical cross-entropy")
    assert [len(axes.lines) for axes in figure.axes] == [1, 1]
    assert figure.axes[0].get_legend() is None


def test_gradient_norms_are_drawn_but_for_zeros() -> None:
    norms = np.array([[0.5, 0.0], [0.1, 0.2], [0.01, 0.02]])
    figure = plots.gradient_norms(np.array([0.0, 1.0, 2.0]), norms, ["hidden", "output"])
    assert rows(figure) == [[0, 0.5], [1, 0.1], [2, 0.01]]
    assert rows(figure, line=1)[1:] == [[1, 0.2], [2, 0.02]]
    assert np.isnan(rows(figure, line=1)[0][1])
    assert figure.axes[0].get_yscale() == "log"


def test_the_calibration_diagram_shows_every_bin_that_holds_something(bins: Reliability) -> None:
    figure = plots.calibration_diagram({"one": bins, "two": bins})
    there = bins.counts > 0
    expected = np.column_stack([bins.confidence[there], bins.accuracy[there]])
    points = [line for line in figure.axes[0].lines if line.get_marker() in {"o", "s"}]
    assert len(points) == 2
    for line in points:
        np.testing.assert_array_equal(line.get_xydata(), expected)
    steps = figure.axes[1].patches[0].get_data()
    np.testing.assert_array_equal(steps.values, bins.counts)
    np.testing.assert_array_equal(steps.edges, bins.edges)
    bars = figure.axes[0].containers[0].lines[2][0].get_segments()
    np.testing.assert_allclose([bar[0][1] for bar in bars], bins.low[there], atol=1e-12)
    np.testing.assert_allclose([bar[1][1] for bar in bars], bins.high[there], atol=1e-12)


def test_the_refusal_curve_is_the_curve_and_its_points() -> None:
    curve = risk_coverage(CONFIDENCE, RIGHT)
    figure = plots.refusal_curve(curve, {"0.01": (0.4, 0.008), "0.05": (0.8, 0.04)})
    assert rows(figure) == np.column_stack([curve.coverage, curve.risk]).tolist()
    assert [rows(figure, line=n) for n in (1, 2)] == [[[0.4, 0.008]], [[0.8, 0.04]]]
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.01", "0.05"]


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (
            lambda: plots.gradient_norms(np.arange(2.0), np.ones((3, 3))),
            "but there are 2 epochs; give one row for each epoch",
        ),
        (lambda: plots.gradient_norms(np.arange(2.0), np.ones((2, 3)), ["a"]), "there are 2 epochs and 1 names"),
    ],
)
def test_what_cannot_be_drawn_is_said(draw: Callable[[], Figure], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        draw()


def test_robustness_curves_have_a_panel_for_each_distortion() -> None:
    curves = [
        Robustness(kind, np.arange(3.0), np.array([0.9, 0.5, 0.1]), 10) for kind in ("rotation", "shift", "noise")
    ]
    figure = plots.robustness_curves(curves)
    assert [axes.get_xlabel().split()[0] for axes in figure.axes] == ["rotation", "shift", "standard"]
    assert rows(figure, 2) == [[0, 0.9], [1, 0.5], [2, 0.1]]


def test_the_map_draws_every_image_as_its_class() -> None:
    points = np.array([[0.0, 1.0], [2.0, 3.0]])
    texts = plots.class_map(points, np.array([1, 0]), ["lower case", "b"]).axes[0].texts
    assert [(one.get_text(), one.get_position()) for one in texts] == [("b", (0, 1)), ("low", (2, 3))]
    with pytest.raises(ConfigError, match="2 points but 1 labels"):
        plots.class_map(points, np.array([1]))
