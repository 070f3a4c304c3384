"""Where a training run stands: the scores of its epochs, its best network, and all that is needed to go on.

Plain records. They are made by `mnist_nn.training.loop` and kept in files by `mnist_nn.model_file.storage`.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from mnist_nn.engines.base import Tally
from mnist_nn.nn.config import TrainingConfig
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import OptimizerState, initial_state
from mnist_nn.training.early_stopping import Best, is_patience_exhausted


@dataclass(frozen=True)
class Scores:
    """What one epoch came to; a row of the history.

    ``loss`` is the one that is reported and ``descended`` the one whose gradient was followed; both are means over
    the training samples, each seen before the update it caused, as is ``accuracy``. ``seconds`` counts training alone.
    """

    epoch: int
    loss: float
    descended: float
    accuracy: float
    rate: float
    seconds: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, without those that were not measured."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Everything the rest of a run depends on, besides its configuration and its data.

    ``epoch`` epochs are complete and ``offset`` samples of the next one are learned. ``engines`` names those that have
    learned so far, in the order in which they came; it is empty where that is not known, as in files of the browser.
    """

    network: Network
    state: OptimizerState
    epoch: int = 0
    offset: int = 0
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    best: Best | None = None
    history: tuple[Scores, ...] = ()
    engines: tuple[str, ...] = ()

    @classmethod
    def start(cls, network: Network, config: TrainingConfig) -> "Checkpoint":
        """Begin a run."""
        return cls(network, initial_state(config.optimizer, network.parameters))

    def is_finished(self, config: TrainingConfig) -> bool:
        """Say whether all epochs are done or patience has run out."""
        return self.epoch >= config.epochs or is_patience_exhausted(self.best, self.epoch, config.patience)

    def engines_after(self, name: str) -> tuple[str, ...]:
        """Name the engines that have learned, once this one has learned more; what is not known stays so.

        Examples
        --------
        >>> start = Checkpoint.start(Network.create(), TrainingConfig())
        >>> start.engines_after("compiled")
        ('compiled',)
        """
        is_known = bool(self.engines) or (self.epoch == 0 and self.offset == 0)
        return (*self.engines, name) if is_known and self.engines[-1:] != (name,) else self.engines

    @property
    def chosen(self) -> Network:
        """The network to use: the best where a hold-out says which, else the current one."""
        return self.best.network if self.best else self.network
