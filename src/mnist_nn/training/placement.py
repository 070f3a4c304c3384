"""The data of a run, ready for an engine: its subset, its held-out images, and the order of its samples.

Runs with equal data and an equal seed can share one, so that images are split, placed and shuffled only once. Nothing
is trained here.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples, check_labels, check_pixels, hold_out, relative, subset
from mnist_nn.data.class_weights import balance
from mnist_nn.engines.base import Engine
from mnist_nn.engines.preparation import Preparation
from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.nn.losses import smooth_labels
from mnist_nn.nn.preparation import Steps
from mnist_nn.util import randomness

LEARNED = "samples to train on, or all held out,"
ORDERS_BYTES = 64_000_000  # that runs which share a placement keep at most


@dataclass(frozen=True, eq=False)
class Placement:
    """The samples of a run, split and placed.

    Parameters
    ----------
    engine
        The engine that they are placed for.
    training
        The samples to learn from, with weights relative to their mean.
    held_out, held_out_labels, held_out_weights
        The held-out images as the engine placed them (None if there are none), their labels of shape (n,), and their
        weights of the same shape, if there are any.
    largest_label
        The largest label of all samples.
    most_orders
        The number of epochs whose order is kept for other runs.
    preparation
        How images become inputs; None if they are taken as they are.
    """

    engine: Engine
    training: Samples
    held_out: Any
    held_out_labels: npt.NDArray[np.int64]
    held_out_weights: npt.NDArray[Any] | None
    largest_label: int
    most_orders: int = 1
    preparation: Preparation | None = None
    placed: dict[Any, Any] = field(default_factory=dict)
    orders: dict[randomness.Key, npt.NDArray[np.int64]] = field(default_factory=dict)

    @classmethod
    def prepare(
        cls,
        samples: Samples,
        config: TrainingConfig,
        engine: Engine,
        shape: NetworkConfig,
        measured: Preparation | None = None,
    ) -> Self:
        """Check, split and place the samples as a configuration asks for it, for networks of this shape and type.

        ``measured`` is the preparation that the run has had so far, if it has begun.

        Raises
        ------
        ConfigError
            If the samples cannot be held out or prepared as asked.
        DataError
            If a label or a pixel is wrong, or no samples are left.
        """
        check_labels(samples.labels)
        check_pixels(samples.images)
        training, held_out = split(weigh_classes(samples, config), config)
        training = replace(training, weights=relative(training.weights, LEARNED))
        preparation = measured
        if preparation is None and shape.prepare:
            preparation = Preparation.measure(Steps.parse(shape.prepare), training.images)
        made = cls(engine, training, None, held_out.labels if held_out else np.empty(0, np.int64),
                   relative(held_out.weights, LEARNED) if held_out else None, int(samples.labels.max()),
                   preparation=preparation)  # fmt: skip
        return replace(made, held_out=held_out and engine.place(made.see(held_out.images, shape.dtype)))

    def see(self, images: Any, dtype: str) -> Any:
        """Return images as a network of this type is given them."""
        return images if self.preparation is None else self.preparation.apply(images, dtype)

    @property
    def size(self) -> int:
        """Number of samples to learn from."""
        return len(self.training)

    def share(self, config: TrainingConfig) -> Self:
        """Return a copy for runs that follow each other in one thread, such as those of this configuration.

        Other copies only share what is placed so far. Orders are kept as far as there is room.
        """
        most = max(1, min(config.epochs, ORDERS_BYTES // (8 * self.size)))
        return replace(self, most_orders=most, placed=dict(self.placed), orders={})

    def place(self, targets: npt.NDArray[Any], smoothing: float, dtype: str = "float32") -> Any:
        """Place the images undistorted, with their targets (see `make_targets`), for all epochs."""
        kind = targets.shape[1:], smoothing
        if kind not in self.placed:
            one = self.training
            images = self.see(one.images, dtype)
            self.placed[kind] = self.engine.place(images, targets, one.weights, one.labels)
        return self.placed[kind]

    def shuffle(self, key: randomness.Key) -> npt.NDArray[np.int64]:
        """Shuffle the samples of an epoch; the last orders are kept, because an epoch has many stretches."""
        if key not in self.orders:
            while len(self.orders) >= self.most_orders:
                del self.orders[next(iter(self.orders))]
            self.orders[key] = randomness.permutation(key, self.size)
        return self.orders[key]


def depends_on(config: TrainingConfig) -> tuple[Any, ...]:
    """Return what the split of the samples and their weights depend on: runs with equal values can share a placement.

    Examples
    --------
    >>> depends_on(TrainingConfig(seed=1)) == depends_on(TrainingConfig(seed=2))
    True
    >>> depends_on(TrainingConfig(seed=1, validation=0.1)) == depends_on(TrainingConfig(seed=2, validation=0.1))
    False
    >>> depends_on(TrainingConfig(seed=1, order_seed=0, subset=9)) == depends_on(TrainingConfig(order_seed=0, subset=9))
    True
    """
    is_drawn = config.subset is not None or config.validation
    return config.subset, config.validation, config.class_weight, config.data_seed if is_drawn else None


def weigh_classes(samples: Samples, config: TrainingConfig) -> Samples:
    """Multiply the weights of the samples by those of their classes, where the configuration asks for it."""
    if config.class_weight == "none":
        return samples
    weights = balance(samples.labels)
    return Samples(samples.images, samples.labels, weights if samples.weights is None else weights * samples.weights)


def split(samples: Samples, config: TrainingConfig) -> tuple[Samples, Samples | None]:
    """Take a configuration's subset, and hold images out of it: (training, held out or None)."""
    key = randomness.key(config.data_seed)
    if config.subset is not None:
        samples = samples.take(subset(samples.labels, config.subset, randomness.fold(key, randomness.SUBSET)))
    if not config.validation:
        return samples, None
    share = config.validation if config.validation < 1 else int(config.validation)
    training, held_out = hold_out(samples.labels, share, randomness.fold(key, randomness.HOLD_OUT))
    return samples.take(training), samples.take(held_out)


def make_targets(labels: npt.NDArray[np.int64], outputs: int, smoothing: float, *, soft: bool) -> npt.NDArray[Any]:
    """Return the labels; with label smoothing, or if they are to be ``soft``, as targets of shape (n, outputs)."""
    return smooth_labels(np.eye(outputs)[labels], smoothing) if smoothing or soft else labels
