"""Among scikit-learn's tools: searches, calibration, pickles, skops; and without scikit-learn."""

import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from patience import PATIENCE

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mnist_nn import Network, load_model, save_model
from mnist_nn.errors import ConfigError
from mnist_nn.estimator import MLPDigitClassifier
from mnist_nn.export import export
from mnist_nn.model_file.storage import Model, check_takes_pixels

X, Y = load_iris(return_X_y=True)
PIXELS = np.rint(25 * X) / 255
BRIEF: dict[str, Any] = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0, "n_iter_no_change": None}


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_grid_search_in_two_jobs_with_the_compiled_engine(backend: str) -> None:
    model = make_pipeline(
        StandardScaler(), MLPDigitClassifier(**{**BRIEF, "hidden_layer_sizes": (20,)}, engine="compiled")
    )
    grid = {"mlpdigitclassifier__dropout": [0.0, 0.5], "mlpdigitclassifier__activation": ["tanh", "leaky_relu"]}
    with joblib.parallel_backend(backend):
        search = GridSearchCV(model, grid, n_jobs=2, cv=2).fit(X, Y)
    alone = GridSearchCV(model, grid, cv=2).fit(X, Y)
    assert np.array_equal(search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"])


def test_cross_validation_and_calibration() -> None:
    model = make_pipeline(StandardScaler(), MLPDigitClassifier(random_state=0, max_iter=100, n_iter_no_change=None))
    assert cross_val_score(model, X, Y, cv=3).mean() > 0.8
    calibrated = CalibratedClassifierCV(model, cv=3).fit(X, Y)
    assert log_loss(Y, calibrated.predict_proba(X)) < 0.5


def test_copies_on_disk_and_in_memory_answer_alike(tmp_path: Path) -> None:
    model = MLPDigitClassifier(**BRIEF, early_stopping=True).fit(X, Y)
    joblib.dump(model, tmp_path / "model.joblib")
    copies = [pickle.loads(pickle.dumps(model)), joblib.load(tmp_path / "model.joblib")]  # noqa: S301  # our own
    for copy in copies:
        assert np.array_equal(copy.predict_proba(X), model.predict_proba(X))
        assert copy.history_ == model.history_
        copy.partial_fit(X, Y)
    with pytest.raises(NotFittedError):
        clone(model).predict(X)


def test_skops_keeps_it_without_pickle() -> None:
    io = pytest.importorskip("skops.io", reason="skops is in the dependency group 'test'")
    model = MLPDigitClassifier(**BRIEF).fit(X, Y)
    file = io.dumps(model)
    trusted = io.get_untrusted_types(data=file)
    assert all(name.startswith("mnist_nn.") for name in trusted), trusted
    copy = io.loads(file, trusted=trusted)
    assert np.array_equal(copy.predict_proba(X), model.predict_proba(X))
    assert copy.get_params() == model.get_params()


def test_the_network_is_the_librarys(tmp_path: Path) -> None:
    model = MLPDigitClassifier(**BRIEF).fit(X, Y)
    save_model(tmp_path / "iris.safetensors", Model(model.network_))
    network: Network = load_model(tmp_path / "iris.safetensors").network
    assert all(np.array_equal(a, b) for a, b in zip(network.parameters, model.network_.parameters, strict=True))


@pytest.mark.parametrize(("x", "y"), [(X, Y), (X / 10, Y), (PIXELS, Y + 1), (PIXELS, Y.astype(str))])
def test_a_network_of_a_table_is_known_and_refused_by_what_takes_pixels(tmp_path: Path, x: Any, y: Any) -> None:
    save_model(tmp_path / "iris.safetensors", Model(MLPDigitClassifier(**BRIEF).fit(x, y).network_))
    loaded = load_model(tmp_path / "iris.safetensors")
    for name in ("onnx", "html", "c"):
        with pytest.raises(ConfigError, match=f"fitted on a table.* the format {name} needs pixels.*joblib or skops"):
            export(loaded, name)
    assert export(loaded, "npz")


def test_a_network_of_pixels_is_known_as_any_other() -> None:
    model = MLPDigitClassifier(**BRIEF).fit(X, Y).fit(PIXELS, Y)
    check_takes_pixels(Model(model.network_), "a server")
    with pytest.raises(
        ConfigError, match="this network takes 4; choose the format onnx or c"
    ):  # what any network of 4 inputs gets
        export(Model(model.network_), "html")


def test_the_examples_of_the_documentation_run() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "scikit-learn.md"
    made: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(code, page.name, "exec"), made)  # noqa: S102 - the documentation's own words
    assert made["search"].best_score_ > 0.9
    watched = MLPDigitClassifier(**BRIEF, early_stopping=True, callback=made["watch"]).fit(X, Y)
    assert watched.n_iter_ == 5


def test_without_scikit_learn_the_message_says_what_to_install() -> None:
    program = """
import sys
sys.modules["sklearn.base"] = None
from mnist_nn.errors import MissingExtraError
try:
    import mnist_nn.estimator
except MissingExtraError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert "pip install 'mnist-nn[sklearn]'" in done.stdout


def test_scikit_learn_is_not_imported_before_it_is_needed() -> None:
    program = "import sys, mnist_nn.training.loop, mnist_nn.cli.program; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout.strip() == "False"
