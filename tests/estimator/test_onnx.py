"""Estimators in ONNX Runtime: the same labels, of the same type, and probabilities, alone and in a pipeline."""

import subprocess
import sys
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import skl2onnx
from patience import PATIENCE
from sklearn.datasets import load_digits, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mnist_nn.errors import ConfigError
from mnist_nn.estimator import MLPDigitClassifier
from mnist_nn.estimator.onnx import register_converter, to_onnx
from mnist_nn.export.onnx.write import IR_VERSION, OPSET

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])
LABELS: dict[str, tuple[Any, str]] = {
    "whole numbers": (Y, "tensor(int64)"),
    "numbers with gaps": (np.array([-5, 3, 99], np.int16)[Y], "tensor(int64)"),
    "two classes": (np.where(Y > 0, 7, 2), "tensor(int64)"),
    "truth values": (Y > 1, "tensor(int64)"),
    "text": (NAMES[Y], "tensor(string)"),
    "two texts": (NAMES[np.minimum(Y, 1)], "tensor(string)"),
    "texts as objects": (np.array(["é", "b", "a"], object)[Y], "tensor(string)"),
}


def fit(y: Any = Y, **how: Any) -> MLPDigitClassifier:
    return MLPDigitClassifier(**{"max_iter": 5, "n_iter_no_change": None, "random_state": 0, **how}).fit(X, y)


def session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    onnx.checker.check_model(model, full_check=True)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def compare(model: Any, rows: Any = X) -> onnxruntime.InferenceSession:
    """Ask ONNX Runtime and the estimator, and hold the one to the other."""
    own = session(to_onnx(model))
    labels, probabilities = own.run(["label", "probabilities"], {"X": np.asarray(rows, np.float32)})
    assert probabilities.dtype == np.float32
    assert np.abs(probabilities - model.predict_proba(rows)).max() < 1e-6
    assert np.array_equal(labels, model.predict(rows))
    return own


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("kind", LABELS)
def test_labels_come_out_as_they_went_in(kind: str, scaled: bool) -> None:
    y, expected = LABELS[kind]
    model = make_pipeline(StandardScaler(), MLPDigitClassifier(max_iter=5, n_iter_no_change=None, random_state=0))
    own = compare(model.fit(X, y) if scaled else fit(y))
    count = len(np.unique(y))
    assert [(x.name, x.type, x.shape) for x in own.get_inputs()] == [("X", "tensor(float)", [None, 4])]
    assert [(y.name, y.type, y.shape) for y in own.get_outputs()] == [
        ("label", expected, [None]),
        ("probabilities", "tensor(float)", [None, count]),
    ]


@pytest.mark.parametrize(
    "how",
    [
        {"hidden_layer_sizes": ()},
        {"hidden_layer_sizes": (3, 4, 5), "activation": ("tanh", "leaky_relu", "identity")},
        {"hidden_layer_sizes": (3,), "activation": "logistic", "output": "sigmoid"},
        {"hidden_layer_sizes": (), "output": "sigmoid", "dtype": "float64"},
    ],
)
def test_every_network_answers_as_the_estimator(how: dict[str, Any]) -> None:
    compare(fit(**how))


def test_pixels_are_divided_where_the_estimator_divides_them() -> None:
    images, labels = load_digits(return_X_y=True)
    pixels = np.rint(images * (255 / 16))
    model = MLPDigitClassifier((9,), augmentation="affine", max_iter=2, n_iter_no_change=None, random_state=0)
    compare(model.fit(pixels, labels), pixels)


@pytest.mark.parametrize("kind", ["whole numbers", "text"])
def test_skl2onnx_converts_it_in_its_own_way_too(kind: str) -> None:
    register_converter()
    y, _ = LABELS[kind]
    model = make_pipeline(StandardScaler(), fit(y)).fit(X, y)
    labels, maps = session(skl2onnx.to_onnx(model, X[:1].astype(np.float32))).run(None, {"X": X.astype(np.float32)})
    assert np.array_equal(labels, model.predict(X))
    assert list(maps[0]) == model.classes_.tolist()
    doubles = session(skl2onnx.to_onnx(model, X[:1], options={"zipmap": False}))
    assert np.abs(doubles.run(None, {"X": X})[1] - model.predict_proba(X)).max() < 1e-6


def test_pictures_are_deskewed_in_the_graph_too() -> None:
    pictures, digits = load_digits(return_X_y=True)
    rows = np.rint(255 * pictures[:200] / 16) / 255
    settings = {"max_iter": 5, "n_iter_no_change": None, "random_state": 0, "prepare": "deskew,pool=2"}
    model = MLPDigitClassifier(**settings, hidden_layer_sizes=(20,), prune_from=30).fit(rows, digits[:200])
    assert model.coefs_[0].shape == (64, 20)
    compare(model, rows)
    model.set_params(warm_start=True).fit(rows, digits[:200])
    assert model.n_iter_ == 10
    compare(model, rows)


def test_it_is_of_the_operator_set_of_the_other_exports() -> None:
    model = to_onnx(fit())
    assert model.ir_version == IR_VERSION
    assert {opset.domain: opset.version for opset in model.opset_import}[""] == OPSET


def test_labels_that_onnx_does_not_have_are_said() -> None:
    with pytest.raises(ConfigError, match=r"does not support labels of the type float64; .* y\.astype\(str\)"):
        to_onnx(fit(Y.astype(float)))


@pytest.mark.slow
def test_skl2onnx_is_loaded_only_when_it_is_asked_for() -> None:
    program = "import sys, mnist_nn, mnist_nn.estimator; assert not {'skl2onnx', 'onnx'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=PATIENCE)
    program = "import sys; sys.modules['skl2onnx'] = None; import mnist_nn.estimator.onnx"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert "MissingExtraError" in done.stderr
    assert "pip install 'mnist-nn[sklearn-onnx]'" in done.stderr
