"""Converts estimators, alone or in a pipeline, to ONNX, with skl2onnx. Needs the extra ``sklearn-onnx``.

The graph takes the same features as `fit`, float32 of shape [N, features], and returns the estimator's own labels. To
export models that take pixels, use `mnist_nn.export`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, MissingExtraError
from mnist_nn.estimator.classifier import MLPDigitClassifier
from mnist_nn.nn.network import Network

try:
    from onnx import TensorProto, helper, numpy_helper
    from skl2onnx import to_onnx as convert
    from skl2onnx import update_registered_converter
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

    from mnist_nn.export.onnx.write import OPSET, Nodes
except ImportError as error:
    raise MissingExtraError(
        "mnist_nn.estimator.onnx needs skl2onnx; install it with: pip install 'mnist-nn[sklearn-onnx]'"
    ) from error

ALIAS = "MnistNNMLPDigitClassifier"
OPTIONS = {"zipmap": [True, False, "columns"], "nocl": [True, False], "output_class_labels": [False, True]}


def to_onnx(model: Any, features: int | None = None) -> Any:
    """Convert a fitted estimator, or a pipeline that ends in one, to an ONNX model.

    Its input is ``X``; its outputs are ``label`` and ``probabilities`` (float32 of shape [N, classes], in the order of
    ``classes_``). For anything else call `register_converter`, and then ``skl2onnx.to_onnx`` as for any estimator.

    Parameters
    ----------
    model
        The estimator or pipeline.
    features
        Number of features; None for ``model.n_features_in_``.

    Returns
    -------
    onnx.ModelProto
        A model with the operator set of this package's exports; ``SerializeToString()`` returns the bytes of a file.

    Raises
    ------
    ConfigError
        If the labels are neither whole numbers nor text.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = to_onnx(MLPDigitClassifier(max_iter=2, n_iter_no_change=None, random_state=0).fit(X, y))
    >>> [value.name for value in (*model.graph.input, *model.graph.output)]
    ['X', 'label', 'probabilities']
    """
    register_converter()
    columns = int(model.n_features_in_) if features is None else features
    return convert(
        model,
        initial_types=[("X", FloatTensorType([None, columns]))],
        options={"zipmap": False},
        target_opset={"": OPSET, "ai.onnx.ml": 3},
    )


def register_converter() -> None:
    """Tell skl2onnx how to convert an `MLPDigitClassifier`; calling this again changes nothing."""
    update_registered_converter(MLPDigitClassifier, ALIAS, _set_output_types, _convert, options=OPTIONS)


def _set_output_types(operator: Any) -> None:
    """Declare the outputs: labels of the estimator's own type, and probabilities."""
    labels = _encode_labels(operator.raw_operator.classes_)
    kind = Int64TensorType if labels.dtype == np.int64 else StringTensorType
    rows = operator.inputs[0].get_first_dimension()
    operator.outputs[0].type = kind([rows])
    operator.outputs[1].type = FloatTensorType([rows, len(labels)])


def _encode_labels(classes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return labels in ONNX types: int64 for whole numbers and booleans, strings for text."""
    if classes.dtype.kind in "iub":
        return classes.astype(np.int64)
    if all(isinstance(label, str) for label in classes.tolist()):
        return classes.astype(object)
    raise ConfigError(
        f"ONNX does not support labels of the type {classes.dtype}; fit on whole numbers or text, for "
        "example y.astype(str)"
    )


def _convert(scope: Any, operator: Any, container: Any) -> None:
    """Add the nodes of the network to skl2onnx's graph, with unique names."""
    estimator, made = operator.raw_operator, Nodes()
    x = made.add("Cast", ["features"], "floats", to=TensorProto.FLOAT)
    config, white = estimator.network_.config, made.add_number("white", 255)
    if config.prepare:
        if not estimator.divides_pixels:
            made.add("Mul", [x, white], "scaled")
            x = made.add("Round", ["scaled"], "bytes")
        upright, flat = made.add_deskewing(x, config.inputs), made.add_constant("flat", np.array([0, config.inputs]))
        x = made.add("Reshape", [upright, flat], "upright")
    if estimator.divides_pixels or config.prepare:
        x = made.add("Div", [x, white], "x")
    _, z = made.add_layers(_to_single(estimator.network_), x)
    best = made.add("ArgMax", [z], "best", axis=1, keepdims=0)
    labels = made.add_constant("labels", _encode_labels(estimator.classes_))
    made.add("Gather", [labels, best], "label", axis=0)
    made.add_probabilities(config.output, z)
    _add_to(scope, operator, container, made)


def _to_single(network: Network) -> Network:
    config = {**network.config.to_dict(), "dtype": "float32"}
    return Network.of(type(network.config).from_dict(config), network.parameters)


def _add_to(scope: Any, operator: Any, container: Any, made: Nodes) -> None:
    names: dict[str, str] = {
        "features": operator.inputs[0].full_name,
        "label": operator.outputs[0].full_name,
        "probabilities": operator.outputs[1].full_name,
    }

    def rename(name: str) -> str:
        return names.setdefault(name, str(scope.get_unique_variable_name(name)))

    for constant in made.constants:
        values = numpy_helper.to_array(constant)
        container.add_initializer(rename(constant.name), constant.data_type, values.shape, values.ravel().tolist())
    for node in made.nodes:
        container.add_node(
            node.op_type,
            [rename(name) for name in node.input],
            [rename(name) for name in node.output],
            name=scope.get_unique_operator_name(node.name),
            **{one.name: helper.get_attribute_value(one) for one in node.attribute},
        )
