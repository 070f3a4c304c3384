"""What the rows of the table share: the reader's processes, the test digits, and answers that several rows need."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.reading.answers import MAX_ERROR, Answer, Pool
from mnist_nn.data import load
from mnist_nn.evaluation.metrics import evaluate
from mnist_nn.model_file import storage
from mnist_nn.reading.reader_model import load_reader_model

TEST_DIGITS = 10_000


@dataclass
class Bench:
    """What all rows share: the reader's processes, and answers that more than one row needs."""

    pool: Pool
    model: Path | None
    count: int
    seed: int
    hands: Path | None = None
    _kept: dict[tuple[str, float], list[Answer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        test = load("mnist").test
        # Evenly over the set: its first half is easier than its second.
        self.numbers = [int(i) for i in np.linspace(0, len(test.labels) - 1, self.count).round()]
        self.truth = [str(test.labels[i]) for i in self.numbers]

    def scaled(self, most: int) -> int:
        """Make fewer of something where fewer test digits are asked for."""
        return max(2, round(most * self.count / TEST_DIGITS))

    def answers(self, variant: str, max_error: float = MAX_ERROR) -> list[Answer]:
        """Read the test digits in one variant, once."""
        if (variant, max_error) not in self._kept:
            self._kept[variant, max_error] = self.pool.canvases(variant, self.numbers, max_error)
        return self._kept[variant, max_error]

    def right(self, variant: str) -> int:
        """Count the right answers in one variant."""
        return sum(a.text == truth for a, truth in zip(self.answers(variant), self.truth, strict=True))

    def network_accuracy(self) -> float:
        """Accuracy of the network alone on the same test digits, given as MNIST made them."""
        model = storage.load(self.model) if self.model else load_reader_model()
        return evaluate(model.network, load("mnist").test.take(np.array(self.numbers))).accuracy

    def clean(self) -> float:
        """Accuracy that others are compared with: of the network alone or through the reader, whichever is higher."""
        return max(self.network_accuracy(), self.right("28×28") / self.count)
