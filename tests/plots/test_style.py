"""How figures are drawn: the same for everybody, and matplotlib stays as it was."""

import io
import subprocess
import sys
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from patience import PATIENCE

from mnist_nn import Dataset, Network, NetworkConfig, evaluate, plots
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


def written(figure: Figure, kind: str = "svg") -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format=kind)
    return file.getvalue()


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


@pytest.mark.slow
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
