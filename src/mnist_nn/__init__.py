"""A multilayer perceptron for handwritten digits that you can read, watch, trust and run fast.

Only names live here; each is imported from its module when it is first used, so that ``mnist-nn --help`` does not
wait for NumPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnist_nn.checkpoints import Checkpoint as Checkpoint
    from mnist_nn.config import NetworkConfig as NetworkConfig
    from mnist_nn.config import TrainingConfig as TrainingConfig
    from mnist_nn.data import Dataset as Dataset
    from mnist_nn.data import Samples as Samples
    from mnist_nn.data import load as load_data
    from mnist_nn.errors import MnistNNError as MnistNNError
    from mnist_nn.evaluation import Evaluation as Evaluation
    from mnist_nn.evaluation import evaluate as evaluate
    from mnist_nn.inspection import check_gradients as check_gradients
    from mnist_nn.network import Network as Network
    from mnist_nn.prediction import Predictor as Predictor
    from mnist_nn.presets import preset as preset
    from mnist_nn.reading import Reader as Reader
    from mnist_nn.storage import Model as Model
    from mnist_nn.storage import load as load_model
    from mnist_nn.storage import save as save_model
    from mnist_nn.training import Epoch as Epoch
    from mnist_nn.training import train as train
    from mnist_nn.verdicts import Reading as Reading

_HOMES = {
    "Checkpoint": "checkpoints:Checkpoint",
    "Dataset": "data:Dataset",
    "Epoch": "training:Epoch",
    "Evaluation": "evaluation:Evaluation",
    "MnistNNError": "errors:MnistNNError",
    "Model": "storage:Model",
    "Network": "network:Network",
    "NetworkConfig": "config:NetworkConfig",
    "Predictor": "prediction:Predictor",
    "Reader": "reading:Reader",
    "Reading": "verdicts:Reading",
    "Samples": "data:Samples",
    "TrainingConfig": "config:TrainingConfig",
    "check_gradients": "inspection:check_gradients",
    "evaluate": "evaluation:evaluate",
    "load_data": "data:load",
    "load_model": "storage:load",
    "preset": "presets:preset",
    "save_model": "storage:save",
    "train": "training:train",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    return getattr(import_module(f"{__name__}.{module}"), attribute)


def __dir__() -> list[str]:
    return __all__
