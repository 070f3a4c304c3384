"""Reads numbers as lines of ink, with every sequence network and several fits, under a constraint.

`mnist_nn.reading.agreement` combines it with the reading by segments.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.segment.number_ink import NumberInk
from mnist_nn.imaging.windows import WINDOWS
from mnist_nn.nn.ctc import greedy, log_softmax
from mnist_nn.nn.network import Network
from mnist_nn.reading.constraints import DigitConstraint
from mnist_nn.reading.sequence.decode import (
    DECODE,
    DecodeParameters,
    align,
    search_texts,
    sum_accepted,
    weigh_texts,
)
from mnist_nn.reading.sequence.line import LINE, Fit, Line, LineParameters, make_lines
from mnist_nn.reading.sequence.network import predict_lines

Array = npt.NDArray[Any]
Columns = tuple[float, float]


@dataclass(frozen=True)
class SequenceParameters:
    """Parameters for reading numbers as lines."""

    line: LineParameters = LINE
    decode: DecodeParameters = DECODE
    most_texts: int = 12
    """Number of texts whose exact probability is computed for every network and fit; the most probable ones are
    included."""


SEQUENCE = SequenceParameters()


class SequenceReading(NamedTuple):
    """The reading of one number by the sequence networks."""

    texts: tuple[str, ...]
    """The possible texts, at least one; all of them satisfy the constraint."""
    probabilities: npt.NDArray[np.float64]
    """Shape (networks, texts): the probability of each text, given the constraint; the mean over the fits."""
    accepted: npt.NDArray[np.float64]
    """Shape (networks,): probability, by the ink alone, that the constraint is satisfied; 1 if there is none."""
    line: Line
    log_p: npt.NDArray[np.float64]
    """Shape (steps, 11): the networks' mean outputs for that line, which is the first fit."""

    @property
    def mixture(self) -> npt.NDArray[np.float64]:
        """Probability of each text, the mean over the networks: shape (texts,)."""
        return np.asarray(self.probabilities.mean(axis=0))

    def discount(self, violation_nats: float) -> "SequenceReading":
        """Take into account that what is known about a number may be wrong, especially if the ink contradicts it.

        The prior odds that it is wrong are exp(-``violation_nats``).

        Examples
        --------
        >>> line = Line(np.zeros((32, 40), np.uint8), 1.0, 8, np.arange(22))
        >>> sure = SequenceReading(("42",), np.array([[1.0], [1.0]]), np.array([1.0, 0.01]), line, np.zeros((20, 11)))
        >>> sure.discount(violation_nats=5.0).probabilities.round(2).tolist()
        [[1.0], [0.6]]
        """
        broken = np.maximum(1 - self.accepted, 0) / np.maximum(self.accepted, np.finfo(float).tiny)
        holds = 1 / (1 + np.exp(-violation_nats) * broken)
        return self._replace(probabilities=self.probabilities * holds[:, None])

    def locate(self, text: str) -> list[Columns]:
        """Find the left and right end of each digit of a text, in pixels of the ink, halfway to its neighbours."""
        middles = self._align(text)
        if not middles:
            return []
        between = [(left + right) / 2 for left, right in pairwise(middles)]
        ends = [0.0, *between, float(self.line.map.shape[1])]
        columns = [max(0.0, self.line.find_column(end)) for end in ends]
        return list(pairwise(columns))

    def find_middles(self, text: str) -> list[float]:
        """Find the middle of each digit of a text, in pixels of the ink."""
        return [self.line.find_column(middle) for middle in self._align(text)]

    def _align(self, text: str) -> list[float]:
        """The middle of each digit of a text, in columns of the line."""
        return [(start + stop) / 2 * WINDOWS.step for start, stop in align(self.log_p, text)]


def read_lines(
    networks: Sequence[Network],
    numbers: Sequence[NumberInk],
    constraint: DigitConstraint,
    fits: Sequence[Fit],
    known: Sequence[Iterable[str]] = (),
    parameters: SequenceParameters = SEQUENCE,
) -> list[SequenceReading | None]:
    """Read numbers as lines of ink, all of them in one pass through each network.

    Parameters
    ----------
    networks
        Sequence networks, at least one.
    numbers
        The ink of each number.
    constraint
        The constraint that every number must satisfy.
    fits
        How to make lines from the ink.
    known
        For each number, texts whose probability is computed in any case, such as the result of another reader.
    parameters
        How many texts to look for.

    Returns
    -------
    One reading for each number; None if the number is too long for a line, or if no text satisfies the constraint.
    """
    lines = [make_lines(number.soft, number.strokes, fits, parameters.line) for number in numbers]
    flat = [(index, line) for index, fitted in enumerate(lines) for line in fitted]
    said = [predict_lines(network, [line.map for _, line in flat]) for network in networks]
    readings: list[SequenceReading | None] = [None] * len(numbers)
    for index, group in groupby(range(len(flat)), lambda place: flat[place][0]):
        places = list(group)
        log_p = [[network_said[place] for place in places] for network_said in said]
        also = known[index] if known else ()
        readings[index] = _weigh(log_p, lines[index][0], constraint, also, parameters)
    return readings


def _weigh(
    log_p: list[list[Array]], line: Line, constraint: DigitConstraint, known: Iterable[str], p: SequenceParameters
) -> SequenceReading | None:
    """Compute the probabilities of the best texts of one number; ``log_p`` has an entry for each network and fit."""
    means = [log_softmax(np.mean(fit, axis=0)) for fit in zip(*log_p, strict=True)]
    texts = _find_texts(log_p, means, constraint, known, p)
    if not texts:
        return None
    shape = len(log_p), len(means)
    flat = [fit for network in log_p for fit in network]
    sums = [sum_accepted(fit, constraint, p.decode) for fit in flat]
    accepted = np.array([0.0 if one is None else np.exp(one) for one in sums]).reshape(shape)
    weights = np.exp(weigh_texts(flat, texts)).reshape(*shape, len(texts))
    accepted = np.maximum(accepted, weights.sum(axis=2))  # where all are not summed, those found stand for them
    probabilities = (weights / np.maximum(accepted, np.finfo(float).tiny)[..., None]).mean(axis=1)
    return SequenceReading(tuple(texts), probabilities, accepted.mean(axis=1), line, means[0])


def _find_texts(
    log_p: list[list[Array]],
    means: list[Array],
    constraint: DigitConstraint,
    known: Iterable[str],
    p: SequenceParameters,
) -> list[str]:
    """Return the best texts by the mean of the networks in any fit, each network's greedy text, and known texts."""
    found: dict[str, float] = {}
    for mean in means:
        for text in search_texts(mean, constraint, p.decode):
            found[text.digits] = max(found.get(text.digits, -np.inf), text.log_probability)
    found.pop("", None)
    best = sorted(found, key=lambda text: -found[text])[: p.most_texts]
    likeliest = (greedy(fit[None], np.array([len(fit)])) for network in log_p for fit in network)
    others = dict.fromkeys([*known, *("".join(map(str, digits)) for (digits,) in likeliest)])
    fitting = [text for text in others if text and constraint.accepts(text)]
    return list(dict.fromkeys([*best, *fitting]))
