"""Distillation: a network learns the answers of a trained one, its teacher, besides the labels.

Source: Hinton, Vinyals and Dean, Distilling the knowledge in a neural network, 2015. The teacher answers every image as
the network sees it, distorted or not (`mnist_nn.training.epoch_samples`).
"""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.engines.base import Engine
from mnist_nn.engines.preparation import prepare_images
from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.nn.losses import blend_targets
from mnist_nn.nn.network import Network

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Teacher:
    """A trained network, the share of its answers in the targets, and the temperature of these answers."""

    network: Network
    share: float
    temperature: float

    @classmethod
    def of(cls, network: Network, pixels: int, learner: NetworkConfig, config: TrainingConfig) -> "Teacher":
        """Make the teacher of a network, for samples of so many values.

        Raises
        ------
        ConfigError
            If it takes other samples or knows other classes than the network.
        """
        for name, has, needs, owner in (
            ("inputs", network.config.inputs, pixels, "a sample has {} values"),
            ("outputs", network.config.outputs, learner.outputs, "the network has {}"),
        ):
            if has != needs:
                raise ConfigError(
                    f"the teacher has {has} {name}, but {owner.format(needs)}; use a teacher for the same data"
                )
        same = Network.of(replace(network.config, dtype=learner.dtype), network.parameters)
        return cls(same, config.teacher_share, config.teacher_temperature)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of what the teacher answers with: its preparation, its activations and its parameters."""
        config = self.network.config
        found = hashlib.sha256(json.dumps([*config.layer_activations, *filter(None, [config.prepare])]).encode())
        for parameter in self.network.parameters:
            found.update(repr(parameter.shape).encode() + np.ascontiguousarray(parameter).tobytes())
        return found.hexdigest()

    def targets(self, engine: Engine, images: Any, labels: Array) -> Array:
        """Return the targets of the network: labels of shape (n, outputs), blended with the teacher's answers.

        The teacher's weighted inputs are divided by the temperature, and its probabilities sum to one.
        """
        z = engine.forward(self.network, engine.place(prepare_images(self.network.config, images)))
        return blend_targets(labels, self.network.probabilities(z / np.asarray(self.temperature, z.dtype)), self.share)


def check_teacher(teacher: Teacher | None, config: TrainingConfig, before: str | None) -> None:
    """Raise ConfigError if a teacher is missing or unused, or is not the one with which the run began.

    Parameters
    ----------
    teacher
        The teacher, if any.
    config
        How the network is trained.
    before
        The digest of the teacher that the run has had so far; None if it is not known or there was none.
    """
    if teacher is None and config.teacher_share:
        raise ConfigError(
            f"teacher_share is {config.teacher_share:g}, but there is no teacher; give the trained network as teacher"
        )
    if teacher is not None and not config.teacher_share:
        raise ConfigError("the teacher has no effect with teacher_share 0; give a share above 0, such as 0.9")
    if teacher is not None and before not in {None, teacher.digest}:
        raise ConfigError("this is not the teacher that the training began with; give the same one")
