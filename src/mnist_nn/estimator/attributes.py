"""What can be read off a fitted estimator, under the names that MLPClassifier has for it."""

from typing import Any

import numpy.typing as npt

from mnist_nn.nn.network import Network
from mnist_nn.training.checkpoint import Checkpoint, Scores

Array = npt.NDArray[Any]


class FittedAttributes:
    """Reads everything from ``checkpoint_``, which stands where training stands."""

    checkpoint_: Checkpoint

    @property
    def network_(self) -> Network:
        """What was learned, for all that the library does with networks."""
        return self.checkpoint_.chosen

    @property
    def history_(self) -> tuple[Scores, ...]:
        """The scores of every epoch."""
        return self.checkpoint_.history

    @property
    def coefs_(self) -> list[Array]:
        """Weights of each layer, of shape (units before, units), as MLPClassifier has them."""
        return [W.T for W in self.network_.weights]

    @property
    def intercepts_(self) -> list[Array]:
        """Biases of each layer."""
        return list(self.network_.biases)

    @property
    def n_iter_(self) -> int:
        """Epochs done."""
        return self.checkpoint_.epoch

    @property
    def n_layers_(self) -> int:
        """Layers, that of the inputs included."""
        return len(self.network_.config.sizes)

    @property
    def n_outputs_(self) -> int:
        """Outputs of the network."""
        return self.network_.config.outputs

    @property
    def out_activation_(self) -> str:
        """Activation of the output layer."""
        return self.network_.config.output

    @property
    def loss_curve_(self) -> list[float]:
        """Training loss of each epoch, each sample seen before the update it caused."""
        return [scores.loss for scores in self.history_]

    @property
    def loss_(self) -> float:
        """Training loss of the last epoch."""
        return self.loss_curve_[-1]

    @property
    def best_loss_(self) -> float:
        """Least training loss of an epoch."""
        return min(self.loss_curve_)

    @property
    def validation_loss_curve_(self) -> list[float | None]:
        """Loss on the samples held out, after each epoch; None where none were."""
        return [scores.validation_loss for scores in self.history_]

    @property
    def validation_scores_(self) -> list[float | None]:
        """Accuracy on the samples held out, after each epoch; None where none were."""
        return [scores.validation_accuracy for scores in self.history_]

    @property
    def best_validation_score_(self) -> float | None:
        """Greatest of these accuracies."""
        return max((score for score in self.validation_scores_ if score is not None), default=None)
