"""A model as an ONNX graph: pixels in, label and probabilities out, with the names that classifiers use.

Scaling, temperature and refusal are nodes of the graph, so a runtime needs only the file. Numbers are float32.
"""

import json
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from mnist_nn.data import Dataset
from mnist_nn.data.deskewing import COLUMN_STEPS, SLANT_STEPS
from mnist_nn.evaluation.calibration import Z_FEATURES, Calibration
from mnist_nn.export.metadata import LOWEST, Facts, collect_facts, input_shape, measure_rounding, to_single
from mnist_nn.export.vectors import Vectors
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.activations import LEAK
from mnist_nn.nn.network import Network

OPSET = 18  # of 2022; no operator below has changed its meaning since, and ONNX Runtime reads it from 1.14 on
IR_VERSION = 8  # the file format that came with it
OPERATORS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu"}
PREFIX = "mnist_nn."  # of the names in the metadata


def write(model: Model, vectors: Vectors, _data: Dataset | None) -> bytes:
    """Write a graph that passes `onnx.checker`, with all shapes inferred.

    Examples
    --------
    >>> from mnist_nn.export.vectors import make_vectors
    >>> model = Model(Network.create())
    >>> graph = onnx.load_from_string(write(model, make_vectors(model, None), None)).graph
    >>> [value.name for value in (*graph.input, *graph.output)]
    ['X', 'label', 'probabilities']
    """
    single, about = to_single(model), collect_facts(model)
    graph = _Graph(single.network, single.calibration).proto()
    made = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="mnist-nn",
        producer_version=about["made_by"].split()[1],
        doc_string=f"A network of {about['shape']} units for pictures of digits, light ink on dark.",
    )
    helper.set_model_props(made, _metadata(about, model, vectors))
    made = onnx.shape_inference.infer_shapes(made, check_type=True, strict_mode=True, data_prop=True)
    onnx.checker.check_model(made, full_check=True)
    return bytes(made.SerializeToString(deterministic=True))


def _metadata(about: Facts, model: Model, vectors: Vectors) -> dict[str, str]:
    values = {**about, "vectors": vectors.to_dict()}
    if model.network.config.dtype != "float32":
        values["rounding"] = measure_rounding(model, vectors)
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    return {PREFIX + name: text for name, text in texts.items()}


class Nodes:
    """A list of nodes that grows one by one, with the constants that they use.

    Each node is named after its output. `mnist_nn.estimator.onnx` builds its graphs with this class too.
    """

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add_layers(self, network: Network, x: str) -> tuple[str, str]:
        """Add the layers from inputs of shape (n, inputs); return the names of the last hidden activations and z_o."""
        a, last = x, len(network.weights)
        for k, (W, b) in enumerate(zip(network.weights, network.biases, strict=True), 1):
            z = f"z{k}"
            inputs = [a, self.add_constant(f"W{k}", W), self.add_constant(f"b{k}", b)]
            self.add("Gemm", inputs, z, f"z{k} = W{k} a + b{k}", transB=1)
            if k < last:
                a = self._add_activation(network.config.activation[k - 1], z, f"a{k}")
        return a, z

    def _add_activation(self, name: str, z: str, a: str) -> str:
        if name == "identity":
            return z
        if name == "leaky_relu":
            return self.add("LeakyRelu", [z], a, name, alpha=LEAK)
        return self.add(OPERATORS[name], [z], a, name)

    def add_deskewing(self, x: str, inputs: int) -> str:
        """Add what shears every picture by its own moments, in whole numbers, as `mnist_nn.data.deskewing` does.

        ``x`` has pixels from 0 to 255 of any type. Returns the name of floats of shape (n, side, 1, side).
        """
        side = math.isqrt(inputs)
        rows, columns = (at.ravel() for at in np.indices((side, side)))
        moments = np.stack([np.ones_like(rows), rows, columns, rows * columns, rows * rows], axis=1)
        self.add("Cast", [x], "whole", to=TensorProto.INT64)
        self.add("Reshape", ["whole", self.add_constant("in_a_row", np.array([0, side * side]))], "whole_rows")
        self.add("MatMul", ["whole_rows", self.add_constant("powers", moments)], "moments", "sums of ink times powers")
        self.add("Split", ["moments"], "m", more=["y", "c", "yc", "yy"], axis=1, num_outputs=5)
        for name, ones, others in (("covariance", ["m", "yc"], ["c", "y"]), ("spread", ["m", "yy"], ["y", "y"])):
            first, second = self.add("Mul", ones, f"{name}_1"), self.add("Mul", others, f"{name}_2")
            self.add("Sub", [first, second], name)
        one = self.add_constant("one", np.array(1))
        self.add("Max", ["spread", one], "variance")
        self.add("Mul", ["covariance", self.add_constant("slant_steps", np.array(SLANT_STEPS))], "covariance_steps")
        self._add_quotient("covariance_steps", "variance", "slant_free")
        self.add("Min", ["slant_free", "slant_steps"], "slant_bounded")
        self.add("Max", ["slant_bounded", self.add_constant("least_slant", np.array(-SLANT_STEPS))], "slant")
        self.add("Mul", ["m", self.add_constant("row_numbers", np.arange(side))], "rm")
        self.add("Sub", ["rm", "y"], "distance")
        self.add("Mul", ["slant", "distance"], "moved")
        self.add("Max", ["m", one], "ink")
        self.add("Mul", ["ink", self.add_constant("steps", np.array(SLANT_STEPS // COLUMN_STEPS))], "ink_steps")
        self._add_quotient("moved", "ink_steps", "shift_whole")
        self.add("Cast", ["shift_whole"], "shift_float", to=TensorProto.FLOAT)
        self.add("Reshape", ["shift_float", self.add_constant("each", np.array([0, side, 1, 1]))], "shift")
        apart = COLUMN_STEPS * (np.arange(side)[None, :] - np.arange(side)[:, None])  # of a column from where it goes
        self.add("Add", ["shift", self.add_constant("apart", apart.astype(np.float32))], "from_source")
        self.add("Abs", ["from_source"], "distance_to_source")
        self.add("Sub", [self.add_number("column", COLUMN_STEPS), "distance_to_source"], "near")
        self.add("Relu", ["near"], "share", "of each column in each column of the upright picture, in 1/256")
        self.add("Cast", [x], "slanted", to=TensorProto.FLOAT)
        self.add("Reshape", ["slanted", self.add_constant("lines", np.array([0, side, 1, side]))], "slanted_rows")
        self.add("MatMul", ["slanted_rows", "share"], "mixed")
        self.add("Add", ["mixed", self.add_number("half", COLUMN_STEPS / 2)], "mixed_half")
        self.add("Div", ["mixed_half", "column"], "mixed_pixels")
        return self.add("Floor", ["mixed_pixels"], "pixels", "the upright picture")

    def _add_quotient(self, a: str, b: str, quotient: str) -> None:
        """Add a division of integers that rounds down; ``Div`` rounds towards zero."""
        self.add("Mod", [a, b], f"{quotient}_rest")
        self.add("Sub", [a, f"{quotient}_rest"], f"{quotient}_multiple")
        self.add("Div", [f"{quotient}_multiple", b], quotient)

    def add_probabilities(self, output: str, z: str) -> None:
        """Add a softmax; for sigmoid outputs it is of ln σ(z): σ divided by its sum, and exact even for tiny σ."""
        if output == "sigmoid":
            self.add("Max", [z, self.add_number("lowest", LOWEST)], "z_bounded")
            self.add("Neg", ["z_bounded"], "z_negative")
            self.add("Softplus", ["z_negative"], "surprise", "-ln σ(z)")
            z = self.add("Neg", ["surprise"], "log_outputs", "ln σ(z)")
        self.add("Softmax", [z], "probabilities", axis=1)

    def add(
        self, kind: str, inputs: list[str], output: str, doc: str = "", *, more: list[str] | None = None, **how: Any
    ) -> str:
        """Add a node, and return the name of its first output."""
        self.nodes.append(
            helper.make_node(kind, inputs, [output, *(more or [])], name=output, doc_string=doc or None, **how)
        )
        return output

    def add_number(self, name: str, value: float) -> str:
        """Add a float32, and return its name."""
        return self.add_constant(name, np.array(value, np.float32))

    def add_constant(self, name: str, value: npt.NDArray[Any]) -> str:
        """Add an array, and return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name


class _Graph(Nodes):
    """The nodes of a model, from the pixels to the answers."""

    def __init__(self, network: Network, calibration: Calibration | None) -> None:
        super().__init__()
        self.network, self.calibration = network, calibration

    def proto(self) -> onnx.GraphProto:
        config = self.network.config
        hidden, z = self.add_layers(self.network, self._scale())
        tempered = z
        if self.calibration:
            tempered = self.add("Div", [z, self.add_number("temperature", self.calibration.temperature)], "z_tempered")
        self.add("ArgMax", [z], "label", "the best class", axis=1, keepdims=0)
        self.add_probabilities(config.output, tempered)
        outputs = [
            helper.make_tensor_value_info("label", TensorProto.INT64, ["N"], "the best class"),
            _floats(
                "probabilities",
                ["N", config.outputs],
                "the probability of each class, if the picture is a digit; they sum to 1",
            ),
        ]
        if self.calibration:
            self._refusal(self.calibration, hidden, z)
            outputs += [
                _floats("is_digit", ["N"], "probability that the picture is a digit at all"),
                _floats("confidence", ["N"], "probability that the label is right: the product of the two"),
            ]
        x = helper.make_tensor_value_info(
            "X", TensorProto.UINT8, ["N", *input_shape(config)], "pixels: 0 is background, 255 is ink"
        )
        return helper.make_graph(self.nodes, "mnist_nn", [x], outputs, self.constants)

    def _scale(self) -> str:
        if self.network.config.prepare:
            self.add_deskewing("X", self.network.config.inputs)
        else:
            self.add("Cast", ["X"], "pixels", to=TensorProto.FLOAT)
        flat = self.add_constant("flat", np.array([0, self.network.config.inputs]))
        self.add("Reshape", ["pixels", flat], "rows")
        return self.add("Div", ["rows", self.add_number("white", 255)], "x", "pixels from 0 to 1")

    def _refusal(self, calibration: Calibration, hidden: str, z: str) -> None:
        """is_digit = σ(w·h + u·(ln Σ exp z, largest z, second z) + bias)."""
        w, u = calibration.weights[:-Z_FEATURES, None], calibration.weights[-Z_FEATURES:, None]
        axis = self.add_constant("axis", np.array([1]))
        self.add("ReduceLogSumExp", [z, axis], "energy", "ln Σ exp z", keepdims=1)
        self.add("TopK", [z, self.add_constant("two", np.array([2]))], "top", more=["top_classes"], axis=1)
        self.add("Concat", ["energy", "top"], "evidence", axis=1)
        self.add("MatMul", [hidden, self.add_constant("w", w.astype(np.float32))], "from_hidden")
        bias = np.array([calibration.bias], np.float32)
        inputs = ["evidence", self.add_constant("u", u.astype(np.float32)), self.add_constant("bias", bias)]
        self.add("Gemm", inputs, "from_outputs")
        self.add("Add", ["from_hidden", "from_outputs"], "score")
        self.add("Squeeze", ["score", axis], "log_odds", "log odds that it is a digit")
        self.add("Sigmoid", ["log_odds"], "is_digit")
        self.add("ReduceMax", ["probabilities", axis], "best", keepdims=0)
        self.add("Mul", ["best", "is_digit"], "confidence")


def _floats(name: str, shape: list[Any], doc: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape, doc)
