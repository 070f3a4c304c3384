"""Every number in a report, measured once, when a section first needs it. The sections put the numbers into words."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Dataset, Samples, spread, subset
from mnist_nn.engines.base import check_width
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.gradient_check import gradient_norms
from mnist_nn.evaluation.inside import activations
from mnist_nn.evaluation.label_errors import LabelErrors, find_label_errors
from mnist_nn.evaluation.metrics import Evaluation, evaluate
from mnist_nn.evaluation.prediction import interpret
from mnist_nn.evaluation.projection import Projection, project
from mnist_nn.evaluation.reliability import (
    Outcomes,
    Reliability,
    RiskCoverage,
    predict_samples,
    reliability,
    risk_coverage,
)
from mnist_nn.evaluation.robustness import Robustness, measure_robustness
from mnist_nn.evaluation.selective import OperatingPoint
from mnist_nn.model_file.recording import Recording
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import TrainingConfig
from mnist_nn.nn.network import Network
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.placement import split
from mnist_nn.util import randomness

MAX_ERRORS = (0.002, 0.005, 0.01, 0.02, 0.05)  # shares of wrong answers that people may want to keep to
EXAMPLES = 8  # pictures of each class
MAX_CLASSES = 60  # with more, nobody looks at each
GRADIENT_IMAGES = 1000  # training images that gradients are averaged over
MAP_IMAGES = 250  # test images on the map; more would cover each other
ENGINE = "reference"  # whatever ran before in this process, the same numbers to the last bit


class TestedThreshold(NamedTuple):
    """A calibrated threshold: its coverage on held-out images, and its coverage and risk on the test images."""

    max_error: float
    threshold: float
    held_out_coverage: float
    coverage: float
    risk: float


class GradientNorms(NamedTuple):
    """The norm of every layer's gradient: ``epochs`` of shape (m,) and ``values`` of shape (m, layers)."""

    epochs: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    images: int


@dataclass(frozen=True, eq=False)
class Measurements:
    """A model, the data it is tested on, and the results; each result is measured when it is first needed.

    ``examples`` is the number of pictures of each class that a report shows.
    """

    name: str
    model: Model
    data: Dataset
    recording: Recording | None = None
    examples: int = EXAMPLES

    def check(self) -> None:
        """Raise ConfigError or DataError unless the model, the data and the recording belong together."""
        network = self.model.network
        check_width(network.config, self.data.inputs)
        if self.data.test.labels.max() >= network.config.outputs:
            raise DataError(
                f"{self.data.name} has more classes than the network's {network.config.outputs} outputs; give "
                "the data set that the model was made for"
            )
        if self.recording and not _same(self.recording.model.network, network):
            raise ConfigError(
                "the recording belongs to another training run; give the one that was made together with this model"
            )

    @property
    def trained_on_this_data(self) -> bool:
        """Whether this is the data that the model has learned from."""
        return self.model.data.get("sha256") == self.data.digest

    @property
    def has_pictures(self) -> bool:
        """Whether the data's images have rows and columns."""
        return self.data.test.images.ndim == len(("images", "rows", "columns"))

    @cached_property
    def evaluation(self) -> Evaluation:
        """Accuracy, losses and confusion on the test images."""
        training = self.model.training
        loss = training.loss if training else None
        return evaluate(self.model.network, self.data.test, loss, engine=ENGINE)

    @cached_property
    def outcomes(self) -> Outcomes:
        """The model's predictions for all test images, with the true labels."""
        return predict_samples(self.model.network, self.data.test, self.model.calibration, engine=ENGINE)

    @cached_property
    def reliabilities(self) -> dict[str, Reliability]:
        """Accuracy against confidence, for the network itself and, if it is calibrated, with its temperature."""
        outcomes, network = self.outcomes, self.model.network
        own = interpret(network, outcomes.predictions.z.astype(network.config.dtype)).top_probability
        found = {"without temperature": reliability(own, outcomes.right)}
        if self.model.calibration:
            found["with temperature"] = reliability(outcomes.predictions.top_probability, outcomes.right)
        return found

    @cached_property
    def risk_coverage_curve(self) -> RiskCoverage:
        """Risk and coverage of every threshold on the test images."""
        return risk_coverage(self.outcomes.predictions.confidence.astype(np.float64), self.outcomes.right)

    @cached_property
    def thresholds(self) -> tuple[TestedThreshold, ...]:
        """The calibrated thresholds, without those that the model cannot reach."""
        found = []
        for error in MAX_ERRORS:
            point = self._operating_point(error)
            if point:
                on_test = self.risk_coverage_curve.at(point.threshold)
                found.append(TestedThreshold(error, point.threshold, point.coverage, *on_test))
        return tuple(found)

    def _operating_point(self, max_error: float) -> OperatingPoint | None:
        """Return the operating point for a limit on the error; None if there is none or the model is not calibrated."""
        try:
            return self.model.calibration.operating_point(max_error) if self.model.calibration else None
        except ConfigError:
            return None

    @cached_property
    def robustness(self) -> tuple[Robustness, ...]:
        """Accuracy on turned, shifted and noisy test images; nothing for images that are not pictures."""
        if not self.has_pictures:
            return ()
        return measure_robustness(self.model.network, self.data.test, engine=ENGINE)

    @cached_property
    def map_rows(self) -> npt.NDArray[np.int64]:
        """The test images on the map, spread evenly."""
        return spread(len(self.data.test), MAP_IMAGES)

    @cached_property
    def hidden_map(self) -> Projection:
        """The last hidden layer's activations for these images, on two axes."""
        return project(activations(self.model.network, self.data.test.take(self.map_rows))[-2])

    @cached_property
    def label_errors(self) -> LabelErrors:
        """The test images in the order of how likely their label is wrong."""
        return find_label_errors(self.outcomes.predictions.probabilities, self.data.test.labels)

    @cached_property
    def gradient_norms(self) -> GradientNorms | None:
        """Gradient norms at the start, the end, and every recorded epoch; None without the training data."""
        training, at = self.model.training, self.model.checkpoint
        if training is None or at is None or not self.trained_on_this_data:
            return None
        learned = split(self.data.train, training)[0]
        rows = subset(learned.labels, min(GRADIENT_IMAGES, len(learned)), randomness.key(training.seed))
        chosen = Samples(learned.images[rows], learned.labels[rows])
        networks = self._networks_over_training(training, at, len(learned))
        values = [gradient_norms(network, training, chosen) for network in networks.values()]
        return GradientNorms(np.array(list(networks), float), np.array(values), len(chosen))

    def _networks_over_training(self, training: TrainingConfig, at: Checkpoint, samples: int) -> dict[float, Network]:
        """Return networks by epoch: all those recorded, or else the first and the last."""
        if self.recording:
            return {m.epoch + m.offset / m.size: m.network for m in self.recording.moments}
        last = at.best.epoch if at.best else at.epoch + at.offset / samples
        return {0.0: Network.create(self.model.network.config, training.seed), float(last): self.model.network}


def _same(one: Network, other: Network) -> bool:
    return one.config == other.config and all(map(np.array_equal, one.parameters, other.parameters))
