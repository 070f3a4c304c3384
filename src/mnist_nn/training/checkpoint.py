"""The state of a training run: the scores of its epochs, its best network, and everything needed to continue.

These are plain records. `mnist_nn.training.loop` makes them and `mnist_nn.model_file.storage` saves them.
"""

from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from mnist_nn.data.augmentation import DRAWS
from mnist_nn.engines.base import Tally
from mnist_nn.engines.preparation import Preparation
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, check_pruning
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import OptimizerState, initial_state
from mnist_nn.training.diagnosis.signs import Signs
from mnist_nn.training.early_stopping import Best, is_patience_exhausted
from mnist_nn.training.pruning import widen


@dataclass(frozen=True)
class Scores:
    """The results of one epoch; a row of the history.

    ``loss`` is the reported loss, and ``descended`` is the loss whose gradient was followed. Both are means over the
    training samples, and so is ``accuracy``; each sample is measured before the update that it causes. ``seconds``
    counts only training.
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
    """Everything that the rest of a run depends on, except its configuration and its data.

    ``epoch`` epochs are complete, and ``offset`` samples of the next one are done. ``engines`` lists the engines that
    have trained so far, in order; it is empty if that is not known, as in files from the browser. ``signs`` are
    measurements at the end of some epochs, for finding out what goes wrong. ``average`` is the moving average of the
    weights, if the configuration asks for one and an epoch is complete. ``draws`` is the version of the random draws of
    distorted copies that the run began with, and ``teacher`` the digest of its teacher, if it has one. If the inputs
    are prepared, ``preparation`` says how, and all networks here but ``chosen`` are those that learn from such inputs.
    ``prune_to`` are the widths that the hidden layers are pruned to, if they are.
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
    signs: tuple[Signs, ...] = ()
    average: Network | None = None
    draws: int = DRAWS
    teacher: str | None = None
    preparation: Preparation | None = None
    prune_to: tuple[int, ...] = ()

    @classmethod
    def start(cls, network: Network, config: TrainingConfig) -> "Checkpoint":
        """Return the checkpoint at the start of a run; a network that is to be pruned gets its first width."""
        goal = network.config.hidden if config.first_widths else ()
        if goal:
            check_pruning(network.config, config)
            network = widen(network, config.first_widths, config.seed)
        return cls(network, initial_state(config.optimizer, network.parameters), prune_to=goal)

    def is_finished(self, config: TrainingConfig) -> bool:
        """Say whether all epochs are done or patience has run out."""
        return self.epoch >= config.epochs or is_patience_exhausted(self.best, self.epoch, config.patience)

    def engines_after(self, name: str) -> tuple[str, ...]:
        """Return the engines that have trained once this one continues; an unknown list stays unknown.

        Examples
        --------
        >>> start = Checkpoint.start(Network.create(), TrainingConfig())
        >>> start.engines_after("compiled")
        ('compiled',)
        """
        is_known = bool(self.engines) or (self.epoch == 0 and self.offset == 0)
        return (*self.engines, name) if is_known and self.engines[-1:] != (name,) else self.engines

    @property
    def shape(self) -> NetworkConfig:
        """The shape that the run ends with: that of the current network, or of the pruned one."""
        config = self.network.config
        return replace(config, hidden=self.prune_to) if self.prune_to else config

    @property
    def selected(self) -> Network:
        """With patience the best network, else the averaged one if any, else the current one."""
        return self.best.network if self.best else self.average or self.network

    @cached_property
    def chosen(self) -> Network:
        """The network to use: the selected one, with the preparation of its inputs folded into its first layer."""
        return self.preparation.fold(self.selected) if self.preparation else self.selected

    @property
    def chosen_scores(self) -> Scores:
        """The scores of the epoch whose weights are used: with patience the best one, else the last complete one."""
        return self.history[(self.best.epoch if self.best else self.epoch) - 1]
