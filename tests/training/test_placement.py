"""Samples that are split and placed once, for one run or several."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mnist_nn import NetworkConfig, Samples, TrainingConfig
from mnist_nn.engines.reference import ReferenceEngine
from mnist_nn.errors import DataError
from mnist_nn.training.placement import Placement, depends_on, make_targets, split
from mnist_nn.util.randomness import key

Clouds = Callable[..., Samples]
SHAPE = NetworkConfig(inputs=4, outputs=3)


class CountingEngine(ReferenceEngine):
    """Counts how often it places something."""

    def __init__(self) -> None:
        self.placed = 0

    def place(self, *arguments: object) -> object:
        self.placed += 1
        return super().place(*arguments)  # type: ignore[arg-type]


def test_copies_share_what_is_placed_and_not_their_orders(clouds: Clouds) -> None:
    engine, config = CountingEngine(), TrainingConfig(epochs=3)
    placement = Placement.prepare(clouds(20), config, engine, SHAPE)
    labels = placement.training.labels
    first = placement.place(labels, 0.0)
    one, two = placement.share(config), placement.share(config)
    assert one.place(labels, 0.0) is two.place(labels, 0.0) is first
    assert engine.placed == 1
    assert one.place(make_targets(labels, 3, 0.1, soft=False), 0.1) is not first
    assert one.shuffle(key(1)) is not two.shuffle(key(1))
    assert one.shuffle(key(1)).tolist() == two.shuffle(key(1)).tolist()


def test_only_as_many_orders_are_kept_as_there_are_epochs(clouds: Clouds) -> None:
    config = TrainingConfig(epochs=2)
    alone = Placement.prepare(clouds(20), config, ReferenceEngine(), SHAPE)
    for placement, kept in ((alone, 1), (alone.share(config), 2)):
        orders = [placement.shuffle(key(number)) for number in range(4)]
        assert len(placement.orders) == kept
        assert placement.shuffle(key(3)) is orders[3]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"epochs": 3, "learning_rate": 0.5, "l2": 0.1, "batch_size": 4}, True),
        ({"seed": 1}, False),
        ({"seed": 1, "order_seed": 0}, True),
        ({"validation": 0.2}, False),
        ({"subset": 30}, False),
        ({"class_weight": "balanced"}, False),
        ({"augmentation": "affine"}, True),
    ],
)
def test_what_the_split_depends_on(clouds: Clouds, other: dict[str, object], same: bool) -> None:
    config = TrainingConfig(subset=40, validation=0.1)
    changed = replace(config, **other)
    assert (depends_on(config) == depends_on(changed)) == same
    if same:
        ours, theirs = (split(clouds(60), one)[0].images.tobytes() for one in (config, changed))
        assert ours == theirs


def test_samples_are_checked(clouds: Clouds) -> None:
    bad = Samples(np.full((5, 4), np.nan), np.zeros(5, np.int64))
    with pytest.raises(DataError, match="NaN"):
        Placement.prepare(bad, TrainingConfig(), ReferenceEngine(), SHAPE)
    assert Placement.prepare(clouds(30), TrainingConfig(), ReferenceEngine(), SHAPE).largest_label == 2
