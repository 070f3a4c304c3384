"""A multilayer perceptron for handwritten digits that you can read, watch, trust and run fast.

This module only lists names. Each name is imported from its module when it is first used, so that ``mnist-nn --help``
does not wait for NumPy and the program reacts to Ctrl-C at once.
"""

TYPE_CHECKING = False  # type checkers take it for true; to import the one of typing takes a while
if TYPE_CHECKING:
    from typing import Any

    from mnist_nn.data import Dataset, Samples
    from mnist_nn.data import load as load_data
    from mnist_nn.errors import MnistNNError
    from mnist_nn.evaluation.gradient_check import check_gradients
    from mnist_nn.evaluation.inside import activations, input_gradient
    from mnist_nn.evaluation.metrics import Evaluation, evaluate
    from mnist_nn.evaluation.prediction import Predictor, predict
    from mnist_nn.evaluation.student.check import check_equation, check_student, check_update
    from mnist_nn.evaluation.student.report import StudentFinding, StudentReport
    from mnist_nn.model_file.storage import Model
    from mnist_nn.model_file.storage import load as load_model
    from mnist_nn.model_file.storage import save as save_model
    from mnist_nn.nn.config import NetworkConfig, TrainingConfig
    from mnist_nn.nn.network import Network
    from mnist_nn.nn.presets import preset
    from mnist_nn.reading.reader import Reader
    from mnist_nn.reading.results import Reading
    from mnist_nn.training.checkpoint import Checkpoint
    from mnist_nn.training.diagnosis.diagnose import Finding, diagnose
    from mnist_nn.training.loop import Epoch, train

    __version__: str

_HOMES = {
    "Checkpoint": "mnist_nn.training.checkpoint:Checkpoint",
    "Dataset": "mnist_nn.data:Dataset",
    "Epoch": "mnist_nn.training.loop:Epoch",
    "Evaluation": "mnist_nn.evaluation.metrics:Evaluation",
    "Finding": "mnist_nn.training.diagnosis.diagnose:Finding",
    "MnistNNError": "mnist_nn.errors:MnistNNError",
    "Model": "mnist_nn.model_file.storage:Model",
    "Network": "mnist_nn.nn.network:Network",
    "NetworkConfig": "mnist_nn.nn.config:NetworkConfig",
    "Predictor": "mnist_nn.evaluation.prediction:Predictor",
    "Reader": "mnist_nn.reading.reader:Reader",
    "Reading": "mnist_nn.reading.results:Reading",
    "Samples": "mnist_nn.data:Samples",
    "StudentFinding": "mnist_nn.evaluation.student.report:StudentFinding",
    "StudentReport": "mnist_nn.evaluation.student.report:StudentReport",
    "TrainingConfig": "mnist_nn.nn.config:TrainingConfig",
    "activations": "mnist_nn.evaluation.inside:activations",
    "check_equation": "mnist_nn.evaluation.student.check:check_equation",
    "check_gradients": "mnist_nn.evaluation.gradient_check:check_gradients",
    "check_student": "mnist_nn.evaluation.student.check:check_student",
    "check_update": "mnist_nn.evaluation.student.check:check_update",
    "diagnose": "mnist_nn.training.diagnosis.diagnose:diagnose",
    "evaluate": "mnist_nn.evaluation.metrics:evaluate",
    "input_gradient": "mnist_nn.evaluation.inside:input_gradient",
    "load_data": "mnist_nn.data:load",
    "load_model": "mnist_nn.model_file.storage:load",
    "predict": "mnist_nn.evaluation.prediction:predict",
    "preset": "mnist_nn.nn.presets:preset",
    "save_model": "mnist_nn.model_file.storage:save",
    "train": "mnist_nn.training.loop:train",
}
__all__ = [
    "Checkpoint",
    "Dataset",
    "Epoch",
    "Evaluation",
    "Finding",
    "MnistNNError",
    "Model",
    "Network",
    "NetworkConfig",
    "Predictor",
    "Reader",
    "Reading",
    "Samples",
    "StudentFinding",
    "StudentReport",
    "TrainingConfig",
    "activations",
    "check_equation",
    "check_gradients",
    "check_student",
    "check_update",
    "diagnose",
    "evaluate",
    "input_gradient",
    "load_data",
    "load_model",
    "predict",
    "preset",
    "save_model",
    "train",
]


def __getattr__(name: str) -> "Any":
    from importlib import import_module  # noqa: PLC0415 - as said above

    if name == "__version__":
        return import_module("importlib.metadata").version("mnist-nn")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
