"""Answers whose truth is known: the share of errors above every threshold has a formula."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.util import randomness

LIMIT = 0.02


class Answers(NamedTuple):
    """Confidences, whether answers are right, and who wrote them: each of shape (n,)."""

    confidence: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    writer: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Population:
    """Writers with so many answers each, confidences even from 0 to 1, and at s errors of bend · (1 - s)² + least.

    All answers of a writer share their luck: who is read wrongly at one confidence is so at every lower one.
    """

    name: str
    writers: int
    each: int
    bend: float
    least: float

    def draw(self, run: int) -> Answers:
        """Draw the answers of one calibration."""
        keys = [randomness.fold(randomness.key(15), run, part) for part in range(2)]
        confidence = randomness.uniform(keys[0], self.writers * self.each)
        luck = np.repeat(randomness.uniform(keys[1], self.writers), self.each)
        right = luck >= self.bend * (1 - confidence) ** 2 + self.least
        return Answers(confidence, right, np.repeat(np.arange(self.writers), self.each))

    def error_above(self, threshold: float) -> float:
        """Return the share of errors among answers whose confidence reaches a threshold."""
        return self.bend * (1 - threshold) ** 2 / 3 + self.least


TELLING = {"bend": 0.08, "least": 0.002}
"""The confidence tells right from wrong: errors fall from 8.2 % to 0.2 %."""
BLIND = {"bend": 0.0, "least": 1.1 * LIMIT}
"""It tells nothing, and errors are a little above the limit at every threshold: whoever promises breaks it."""
POPULATIONS = tuple(
    Population(f"{name}, {writers:,} writers × {each}", writers, each, **curve)
    for writers, each in ((2_500, 1), (500, 10))
    for name, curve in (("telling", TELLING), ("blind", BLIND))
)
