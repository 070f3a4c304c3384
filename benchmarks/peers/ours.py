"""mnist-nn, its compiled engine, driven as `mnist_nn.train` drives it.

Timed: one call of the engine for all the samples, the packing of the weights before and after it included. The
images lie in the form that the engine's `place` makes once; rows are gathered by the permuted order as it goes.
A single image goes to a `Predictor` as bytes, many to the engine.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.task import Array, Images, Parameters, Rows, Task
from mnist_nn import Network, Predictor
from mnist_nn.engines import select
from mnist_nn.engines.base import Plan
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util.randomness import key


class Ours:
    """See `benchmarks.task.Peer`. The engine takes as many threads as cores are open to the process."""

    name = "mnist-nn"

    def __init__(self, images: Images, threads: int) -> None:
        self.threads = threads
        self.engine = select.create("compiled")
        self.placed = self.engine.place(images.pixels, images.t)

    def begin(self, task: Task, parameters: Parameters) -> None:
        self.task = task
        self.network = Network.of(task.config, parameters)
        self.state = initial_state(task.optimizer, self.network.parameters)

    def take(self, rows: Rows) -> None:
        rates = np.full(-(-len(rows) // self.task.batch), self.task.rate)
        self.plan = Plan.of(self.task.config, self.task.training, rows, rates, key(0))

    def learn(self) -> None:
        self.network, self.state, _ = self.engine.epoch(self.network, self.state, self.placed, self.plan)

    def parameters(self) -> Parameters:
        return self.network.parameters

    def place(self, pixels: npt.NDArray[np.uint8]) -> Any:
        return pixels[0] if len(pixels) == 1 else self.engine.place(pixels)

    def classifier(self, task: Task, parameters: Parameters) -> Any:
        network = Network.of(task.config, parameters)
        predictor = Predictor(network)

        def classify(placed: Any) -> Array:
            is_one = isinstance(placed, np.ndarray)
            return predictor(placed).probabilities if is_one else self.engine.forward(network, placed)

        return classify
