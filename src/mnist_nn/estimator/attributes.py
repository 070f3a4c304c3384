"""The attributes of a fitted estimator, with the names that MLPClassifier uses."""

from typing import Any

import numpy.typing as npt

from mnist_nn.nn.network import Network, TableNetwork
from mnist_nn.training.checkpoint import Checkpoint, Scores

Array = npt.NDArray[Any]
LEAST_OUTPUTS = 2  # of a network here; MLPClassifier has one for two classes, and for one


class FittedAttributes:
    """Reads everything from ``checkpoint_``, the current state of the training."""

    checkpoint_: Checkpoint
    _is_table = False  # whether other numbers than pixels, or other classes than 0 to n - 1, were learned from

    @property
    def network_(self) -> Network:
        """The trained network, for use with the rest of the library."""
        chosen = self.checkpoint_.chosen
        return TableNetwork.of(chosen.config, chosen.parameters) if self._is_table else chosen

    @property
    def history_(self) -> tuple[Scores, ...]:
        """The scores of every epoch."""
        return self.checkpoint_.history

    @property
    def coefs_(self) -> list[Array]:
        """Weights of each layer, of shape (previous units, units), as in MLPClassifier: two classes have one output."""
        *hidden, last = (W.T for W in self.checkpoint_.chosen.weights)
        return [*hidden, last[:, 1:] - last[:, :1] if self._is_binary else last]

    @property
    def intercepts_(self) -> list[Array]:
        """Biases of each layer."""
        *hidden, last = self.checkpoint_.chosen.biases
        return [*hidden, last[1:] - last[:1] if self._is_binary else last]

    @property
    def n_iter_(self) -> int:
        """Number of epochs done."""
        return self.checkpoint_.epoch

    @property
    def n_layers_(self) -> int:
        """Number of layers, including the input layer."""
        return len(self.checkpoint_.chosen.config.sizes)

    @property
    def n_outputs_(self) -> int:
        """Number of outputs: one for two classes, as in MLPClassifier, else one for each class."""
        return 1 if self._is_binary else self.checkpoint_.chosen.config.outputs

    @property
    def out_activation_(self) -> str:
        """Activation of the output layer, ``softmax`` or ``logistic``."""
        return "softmax" if self.checkpoint_.chosen.config.output == "softmax" and not self._is_binary else "logistic"

    @property
    def _is_binary(self) -> bool:
        """Whether two softmax outputs count as one logistic output: softmax(a, b) is the logistic function of b - a."""
        config = self.checkpoint_.chosen.config
        return config.output == "softmax" and config.outputs == LEAST_OUTPUTS

    @property
    def loss_curve_(self) -> list[float]:
        """Training loss of each epoch; each sample is measured before the update that it causes."""
        return [scores.loss for scores in self.history_]

    @property
    def loss_(self) -> float:
        """Training loss of the last epoch."""
        return self.loss_curve_[-1]

    @property
    def best_loss_(self) -> float:
        """Smallest training loss of any epoch."""
        return min(self.loss_curve_)

    @property
    def validation_loss_curve_(self) -> list[float | None]:
        """Loss on the held-out samples after each epoch; None if none are held out."""
        return [scores.validation_loss for scores in self.history_]

    @property
    def validation_scores_(self) -> list[float | None]:
        """Accuracy on the held-out samples after each epoch; None if none are held out."""
        return [scores.validation_accuracy for scores in self.history_]

    @property
    def best_validation_score_(self) -> float | None:
        """Highest of these accuracies."""
        return max((score for score in self.validation_scores_ if score is not None), default=None)
