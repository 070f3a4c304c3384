"""scikit-learn's MLPClassifier through `partial_fit`, one call for all the samples of a round.

Timed: that call, with the checks of its arguments. It gets its rows already in the order in which they are learned
(shuffle off), so that, unlike the others, it gathers nothing; that is to its advantage. The sigmoid network is its
multi-label form, whose log loss has the same delta o - l. No penalty (alpha = 0).
"""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.task import Array, Images, Parameters, Rows, Task, scaled

CLASSES = np.arange(10)


class ScikitLearn:
    """See `benchmarks.task.Peer`."""

    name = "scikit-learn"

    def __init__(self, images: Images, threads: int) -> None:
        warnings.simplefilter("ignore", ConvergenceWarning)
        self.threads = threads
        self.images, self.onehot = images, np.eye(10, dtype=np.int64)[images.t]

    def begin(self, task: Task, parameters: Parameters) -> None:
        self.model = self._model(task, parameters)
        self.labels = self.onehot if task.sigmoid else self.images.t

    def _model(self, task: Task, parameters: Parameters) -> MLPClassifier:
        """Make a model with these weights; a first call with ten rows lets it make its arrays."""
        model = MLPClassifier(
            task.hidden,
            activation="logistic" if task.sigmoid else "relu",
            solver="adam" if task.optimizer == "adam" else "sgd",
            alpha=0.0,
            batch_size=task.batch,
            learning_rate_init=task.rate,
            shuffle=False,
            momentum=0.9 if task.optimizer == "momentum" else 0.0,
            nesterovs_momentum=False,
        )
        labels = np.eye(10, dtype=np.int64) if task.sigmoid else CLASSES
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ten rows are fewer than a batch
            model.partial_fit(np.zeros((10, 784), np.float32), labels, classes=CLASSES)
        for mine, given in zip(model.coefs_, parameters[0::2], strict=True):
            mine[...] = given.T
        for mine, given in zip(model.intercepts_, parameters[1::2], strict=True):
            mine[...] = given
        del model._optimizer  # noqa: SLF001 (the next call makes a fresh one)
        return model

    def take(self, rows: Rows) -> None:
        self.x, self.l = self.images.x[rows], self.labels[rows]

    def learn(self) -> None:
        self.model.partial_fit(self.x, self.l)

    def parameters(self) -> Parameters:
        pairs = zip(self.model.coefs_, self.model.intercepts_, strict=True)
        return tuple(p for W, b in pairs for p in (np.ascontiguousarray(W.T), b))

    def place(self, pixels: npt.NDArray[np.uint8]) -> Array:
        return scaled(pixels)

    def classifier(self, task: Task, parameters: Parameters) -> Any:
        model = self._model(task, parameters)
        return model.predict_proba
