"""Figures hold the numbers that they are given, and leave matplotlib as it was."""

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from patience import PATIENCE

from mnist_nn import Dataset, Network, NetworkConfig, evaluate, plots
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.metrics import Evaluation
from mnist_nn.evaluation.reliability import Reliability, reliability, risk_coverage
from mnist_nn.training.checkpoint import Scores

HISTORY = [Scores(n, 1 / n, 5 / n, 1 - 0.1 / n, 0.03, 0.1, 1.1 / n, 1 - 0.12 / n) for n in range(1, 6)]
CONFIDENCE = np.random.default_rng(0).beta(3, 1, 300)
RIGHT = np.random.default_rng(1).random(300) < CONFIDENCE


@pytest.fixture(scope="module")
def evaluation(mnist: Dataset) -> Evaluation:
    return evaluate(Network.create(), mnist.test.take(range(500)))


@pytest.fixture(scope="module")
def bins() -> Reliability:
    return reliability(CONFIDENCE, RIGHT)


def rows(figure: Figure, axes: int = 0, line: int = 0) -> list[list[float]]:
    return np.asarray(figure.axes[axes].lines[line].get_xydata()).tolist()


def written(figure: Figure, kind: str = "svg") -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format=kind)
    return file.getvalue()


# The data in the figures


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


def test_confusion_writes_the_counts_and_colours_the_mistakes(evaluation: Evaluation) -> None:
    (axes,) = plots.confusion(evaluation).axes
    counts = evaluation.confusion
    found = {(int(t.get_position()[1]), int(t.get_position()[0])): int(t.get_text()) for t in axes.texts}
    assert found == {(int(i), int(j)): int(counts[i, j]) for i, j in zip(*np.nonzero(counts), strict=True)}
    shown = axes.images[0].get_array()
    off = ~np.eye(10, dtype=bool)
    np.testing.assert_allclose(shown[off], (counts / counts.sum(axis=1, keepdims=True))[off])
    assert np.ma.getmaskarray(np.ma.masked_invalid(shown)).diagonal().all()


@pytest.mark.parametrize("hidden", [(6,), ()])
def test_weight_images_are_the_weights(hidden: tuple[int, ...]) -> None:
    network = Network.create(NetworkConfig(hidden=hidden))
    figure = plots.weight_images(network)
    assert len(figure.axes) == len(network.weights[0])
    for axes, row in zip(figure.axes, network.weights[0], strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), row.reshape(28, 28))
    assert figure.axes[0].get_title() == ("unit 0" if hidden else "class 0")


def test_some_units_and_other_shapes_and_layers() -> None:
    network = Network.create(NetworkConfig(inputs=12, hidden=(6, 5)))
    figure = plots.weight_images(network, units=[4, 1], shape=(3, 4))
    assert [axes.get_title() for axes in figure.axes] == ["unit 4", "unit 1"]
    np.testing.assert_array_equal(figure.axes[1].images[0].get_array(), network.weights[0][1].reshape(3, 4))
    for layer, below, above in ((1, "unit of layer 1", "unit of layer 2"), (2, "unit of layer 2", "class")):
        axes = plots.weight_images(network, layer).axes[0]
        np.testing.assert_array_equal(axes.images[0].get_array(), network.weights[layer])
        assert (axes.get_xlabel(), axes.get_ylabel()) == (below, above)


@pytest.mark.parametrize(
    ("layer", "shape", "says"), [(2, None, "layer is 2"), (0, (3, 5), "3 by 5"), (0, None, "3 by 3")]
)
def test_weights_that_are_no_pictures_are_refused(layer: int, shape: tuple[int, int] | None, says: str) -> None:
    network = Network.create(NetworkConfig(inputs=12))
    with pytest.raises(ConfigError, match=says):
        plots.weight_images(network, layer, shape=shape)


IMAGES = np.zeros((3, 28, 28), np.uint8)


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda: plots.weight_images(Network.create(), units=[20]), "unit is 20; layer 0 has units 0 to 19"),
        (lambda: plots.weight_images(Network.create(), units=[-1]), "unit is -1"),
        (lambda: plots.digits(IMAGES, ["a"]), "beside 1 titles"),
        (lambda: plots.digits(IMAGES.reshape(3, -1), ["a"] * 3), r"shape \(3, 784\)"),
        (lambda: plots.digits(IMAGES, ["a"] * 3, columns=0), "columns is 0"),
        (lambda: plots.gradient_norms(np.arange(2.0), np.ones((3, 3))), "beside 2 epochs; give a row for each epoch"),
        (lambda: plots.gradient_norms(np.arange(2.0), np.ones((2, 3)), ["a"]), "beside 2 epochs and 1 names"),
    ],
)
def test_what_cannot_be_drawn_is_said(draw: Callable[[], Figure], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        draw()


def test_digits_are_the_images(mnist: Dataset) -> None:
    images = mnist.test.images[:9]
    figure = plots.digits(images, list("721041495"), columns=4)
    for axes, image in zip(figure.axes, images, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), image)
    places = [axes.get_position().bounds[:2] for axes in figure.axes]
    assert len(set(places)) == 9
    assert all(0 <= value <= 1 for place in places for value in place)


# How they are drawn


@pytest.fixture(params=["curves", "gradients", "calibration", "refusal", "confusion", "weights", "matrix", "digits"])
def draw(
    request: pytest.FixtureRequest, evaluation: Evaluation, bins: Reliability, mnist: Dataset
) -> Callable[[], Figure]:
    made: dict[str, Callable[[], Figure]] = {
        "curves": lambda: plots.learning_curves(HISTORY[:1]),
        "gradients": lambda: plots.gradient_norms(np.array([0.0, 1.0]), np.zeros((2, 3))),
        "calibration": lambda: plots.calibration_diagram(bins),
        "refusal": lambda: plots.refusal_curve(risk_coverage(CONFIDENCE[:1], RIGHT[:1])),
        "confusion": lambda: plots.confusion(evaluation),
        "weights": lambda: plots.weight_images(Network.create(NetworkConfig(hidden=(40,), initializer="zeros"))),
        "matrix": lambda: plots.weight_images(Network.create(), 1),
        "digits": lambda: plots.digits(mnist.test.images[:1] / 255.0, ["seven"]),
    }
    return made[request.param]


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_every_figure_can_be_written(draw: Callable[[], Figure], kind: str) -> None:
    assert len(written(draw(), kind)) > 1000


def test_settings_of_a_user_neither_change_nor_matter(draw: Callable[[], Figure]) -> None:
    before = dict(mpl.rcParams)
    plain = draw()
    assert dict(mpl.rcParams) == before
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "lines.linewidth": 9, "image.cmap": "jet"}):
        other = draw()
    for one, two in zip(plain.axes, other.axes, strict=True):
        assert one.get_facecolor() == two.get_facecolor()
        assert one.xaxis.label.get_size() == two.xaxis.label.get_size()
        assert [line.get_linewidth() for line in one.lines] == [line.get_linewidth() for line in two.lines]
    assert plain.get_facecolor() == (1.0, 1.0, 1.0, 1.0)


PROGRAM = """
import sys, numpy as np
from mnist_nn import Network, plots
plots.weight_images(Network.create()).savefig("/dev/null", format="png")
assert "matplotlib.pyplot" not in sys.modules
import matplotlib
assert dict.__getitem__(matplotlib.rcParams, "backend") is matplotlib.rcsetup._auto_backend_sentinel
"""


def test_neither_pyplot_nor_a_back_end_is_loaded() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=PATIENCE)


@pytest.mark.parametrize("module", ["mnist_nn.plots", "mnist_nn.report"])
def test_without_matplotlib_it_is_said_what_to_install(module: str) -> None:
    program = f"import sys; sys.modules['matplotlib'] = None; import {module}"
    outcome = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert outcome.stderr.strip().splitlines()[-1] == (
        "mnist_nn.errors.MissingExtraError: figures and reports need matplotlib 3.10 or later; "
        "install it with: pip install 'mnist-nn[plot]'"
    )


def test_series_differ_in_more_than_colour() -> None:
    lines = plots.gradient_norms(np.array([0.0, 1.0]), np.ones((2, 6))).axes[0].lines
    for kind in ("get_color", "get_marker"):
        assert len({getattr(line, kind)() for line in lines}) == 6
