"""ONNX Runtime, inference only: the network as Gemm nodes with Relu or Sigmoid between them.

Timed: one `run` of the session for all the images given, from a float32 array to a NumPy array.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from benchmarks.task import Array, Images, Parameters, Task, scaled


class OnnxRuntime:
    """See `benchmarks.task.Peer`."""

    name = "ONNX Runtime"

    def __init__(self, images: Images, threads: int) -> None:
        self.images, self.threads = images, threads

    def place(self, pixels: npt.NDArray[np.uint8]) -> Array:
        return scaled(pixels)

    def classifier(self, task: Task, parameters: Parameters) -> Any:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        model = _model(task, parameters).SerializeToString()
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

        def classify(x: Array) -> Array:
            return np.asarray(session.run(None, {"x": x})[0])

        return classify


def _model(task: Task, parameters: Parameters) -> onnx.ModelProto:
    nodes, values, at = [], [], "x"
    for k, (W, b) in enumerate(zip(parameters[0::2], parameters[1::2], strict=True)):
        values += [
            numpy_helper.from_array(np.ascontiguousarray(W.T), f"W{k}"),
            numpy_helper.from_array(b.copy(), f"b{k}"),
        ]
        nodes.append(helper.make_node("Gemm", [at, f"W{k}", f"b{k}"], [f"z{k}"]))
        nodes.append(helper.make_node("Sigmoid" if task.sigmoid else "Relu", [f"z{k}"], [f"a{k}"]))
        at = f"a{k}"
    nodes.pop()  # the output layer's z is the answer
    last = nodes[-1].output[0]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["n", size]) for n, size in (("x", 784), (last, 10))]
    graph = helper.make_graph(nodes, "mlp", ends[:1], ends[1:], values)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
