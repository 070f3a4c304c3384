"""Every number of a report, measured once: sections write them down and compute nothing."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Dataset, Samples, subset
from mnist_nn.engines.base import check_width
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.gradient_check import gradient_norms
from mnist_nn.evaluation.metrics import Evaluation, evaluate
from mnist_nn.evaluation.prediction import interpret
from mnist_nn.evaluation.reliability import (
    Outcomes,
    Reliability,
    RiskCoverage,
    predict_samples,
    reliability,
    risk_coverage,
)
from mnist_nn.model_file.recording import Recording
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.network import Network
from mnist_nn.training.loop import split
from mnist_nn.util import randomness

ERRORS = (0.002, 0.005, 0.01, 0.02, 0.05)  # shares of wrong answers that a reader may ask for
GRADIENT_IMAGES = 1000
ENGINE = "reference"  # whatever ran before in this process, the same numbers to the last bit


class Kept(NamedTuple):
    """A threshold of the calibration: what it promised on held-out images, and what it does on the test images."""

    max_error: float
    threshold: float
    promised_coverage: float
    coverage: float
    risk: float


class Norms(NamedTuple):
    """Length of every layer's gradient: at ``epochs`` of shape (m,), ``values`` of shape (m, layers)."""

    epochs: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    images: int


@dataclass(frozen=True, eq=False)
class Facts:
    """A model, the data it is judged on, and what was found; each thing is measured when it is first asked for."""

    name: str
    model: Model
    data: Dataset
    recording: Recording | None = None

    def check(self) -> None:
        """Raise ConfigError or DataError unless model, data and recording belong together."""
        network = self.model.network
        check_width(network.config, self.data.inputs)
        if self.data.test.labels.max() >= network.config.outputs:
            raise DataError(
                f"{self.data.name} has more classes than the network's {network.config.outputs} outputs; "
                "give the data that the model was made for"
            )
        if self.recording and not _same(self.recording.model.network, network):
            raise ConfigError("the recording is not one of this model's training; give the one made with it")

    @property
    def own_data(self) -> bool:
        """Whether this is the data that the model has learned from."""
        return self.model.data.get("sha256") == self.data.digest

    @cached_property
    def evaluation(self) -> Evaluation:
        """Accuracy, losses and confusion on the test images."""
        training = self.model.training
        loss = training.loss if training else None
        return evaluate(self.model.network, self.data.test, loss, engine=ENGINE)

    @cached_property
    def outcomes(self) -> Outcomes:
        """What it says of every test image."""
        return predict_samples(self.model.network, self.data.test, self.model.calibration, engine=ENGINE)

    @cached_property
    def reliabilities(self) -> dict[str, Reliability]:
        """How sure and how right: as the network itself says and, if it is calibrated, with its temperature."""
        outcomes, network = self.outcomes, self.model.network
        own = interpret(network, outcomes.predictions.z.astype(network.config.dtype)).top_probability
        found = {"the network's own": reliability(own, outcomes.right)}
        if self.model.calibration:
            found["with temperature"] = reliability(outcomes.predictions.top_probability, outcomes.right)
        return found

    @cached_property
    def curve(self) -> RiskCoverage:
        """What each threshold would cost on the test images."""
        return risk_coverage(self.outcomes.predictions.confidence.astype(np.float64), self.outcomes.right)

    @cached_property
    def points(self) -> tuple[Kept, ...]:
        """The thresholds of the calibration; those that it cannot reach are left out."""
        found = []
        for error in ERRORS:
            calibration = self.model.calibration
            if calibration and error >= calibration.least_error:
                point = calibration.operating_point(error)
                found.append(Kept(error, point.threshold, point.coverage, *self.curve.at(point.threshold)))
        return tuple(found)

    @cached_property
    def norms(self) -> Norms | None:
        """Gradients at the start, at the end, and wherever there is a recording; None without the training's data."""
        training, at = self.model.training, self.model.checkpoint
        if training is None or at is None or not self.own_data:
            return None
        learned = split(self.data.train, training)[0]
        rows = subset(learned.labels, min(GRADIENT_IMAGES, len(learned)), randomness.key(training.seed))
        few = Samples(learned.images[rows], learned.labels[rows])
        if self.recording:
            moments = {m.epoch + m.offset / m.size: m.network for m in self.recording.moments}
        else:
            last = at.best.epoch if at.best else at.epoch + at.offset / len(learned)
            start = Network.create(self.model.network.config, training.seed)
            moments = {0.0: start, float(last): self.model.network}
        values = [gradient_norms(network, training, few) for network in moments.values()]
        return Norms(np.array(list(moments), float), np.array(values), len(few))


def _same(one: Network, other: Network) -> bool:
    return one.config == other.config and all(map(np.array_equal, one.parameters, other.parameters))
