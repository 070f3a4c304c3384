"""The evidence for a number: the features from its two readings that determine its confidence.

This is plain data; `mnist_nn.reading.agreement` collects it.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class NumberEvidence:
    """The evidence for and against a number.

    Logarithms are natural, and not below the limit in `mnist_nn.reading.parameters.AgreementParameters`.
    """

    has_lines: float
    """1 if sequence networks read the number; otherwise 0, and all other features of the lines are 0 too."""
    log_line_lowest: float
    """Lowest log-probability of the text by any sequence network."""
    log_line_highest: float
    """Highest log-probability of the text by any sequence network."""
    lines_agree: float
    """1 if this text is the most probable one for every sequence network."""
    segments_agree: float
    """1 if the reading by segments gives this text."""
    log_segments: float
    """Log-probability of the text by its segments."""
    margin: float
    """How much the text's combined log-probability exceeds that of the runner-up."""
    lowest_is_digit: float
    """Lowest ``is_digit`` of its digits."""
    mean_is_digit: float
    """Mean of ``is_digit`` over its digits: low for a word, and for a number only if ink was cut wrongly."""
    lowest_confidence: float
    """Lowest confidence of its digits."""
    second_confidence: float
    """Second lowest confidence of its digits; the lowest if it has one digit."""
    log_confidences: float
    """Logarithm of the product of its digits' confidences."""
    lowest_probability: float
    """Lowest probability of its digits, by their own ink."""
    sevens_probability: float
    """Lowest probability of its sevens; 1 if it has none. A 1 with an upstroke looks most like a 7."""
    widest_in_heights: float
    """Width of its widest digit, relative to the median height: an overlooked digit is part of its neighbour."""
    widest_in_widths: float
    """The same, relative to the median width."""
    lowest_in_heights: float
    """Height of its lowest digit, relative to the median height."""
    digits: float
    """Number of digits."""
    cost: float
    """How unnatural the cuts and joins of its segments are in total."""

    @property
    def features(self) -> npt.NDArray[np.float64]:
        """The features for the score, in the order of `FEATURES`."""
        return self.take(FEATURES)

    def take(self, names: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return some of the features by name."""
        return np.array([_MEASURES[name](self) for name in names], np.float64)


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p)), which separates 0.98 from 0.998; p is limited to 0.001 from 0 and 1.

    Examples
    --------
    >>> round(log_odds(0.98), 2), round(log_odds(0.998), 2), round(log_odds(1.0), 2)
    (3.89, 6.21, 6.91)
    """
    p = min(max(probability, SUREST), 1 - SUREST)
    return math.log(p / (1 - p))


SUREST = 0.001  # of probabilities: those beyond it are no longer told apart
FAR = 8.0  # of margins, likewise
WIDEST_IN_HEIGHTS, WIDEST_IN_WIDTHS = 3.0, 4.0  # of digits, likewise
LONE_FROM = 2.0  # log-odds of a lone digit from which its confidence counts otherwise
LONG_FROM = 4.0  # digits from which a number read as a line is long
_MEASURES: dict[str, Callable[[NumberEvidence], float]] = {
    "has_lines": lambda of: of.has_lines,
    "line_lowest_odds": lambda of: of.has_lines * log_odds(math.exp(of.log_line_lowest)),
    "line_highest_odds": lambda of: of.has_lines * log_odds(math.exp(of.log_line_highest)),
    "log_line_lowest": lambda of: of.has_lines * of.log_line_lowest,
    "lines_agree": lambda of: of.lines_agree,
    "line_margin": lambda of: of.has_lines * min(of.margin, FAR),
    "segments_agree": lambda of: of.segments_agree,
    "segments_odds": lambda of: of.segments_agree * log_odds(math.exp(of.log_segments)),
    "all_agree": lambda of: of.lines_agree * of.segments_agree,
    "lowest_is_digit_odds": lambda of: log_odds(of.lowest_is_digit),
    "mean_is_digit_odds": lambda of: log_odds(of.mean_is_digit),
    "lowest_confidence_odds": lambda of: log_odds(of.lowest_confidence),
    "second_confidence_odds": lambda of: log_odds(of.second_confidence),
    "log_confidences": lambda of: of.log_confidences,
    "lone_confidence_odds": lambda of: (of.digits == 1) * log_odds(of.lowest_confidence),
    "lone_confidence_beyond": lambda of: (of.digits == 1) * max(log_odds(of.lowest_confidence) - LONE_FROM, 0.0),
    "lowest_probability_odds": lambda of: log_odds(of.lowest_probability),
    "sevens_odds": lambda of: log_odds(of.sevens_probability),
    "widest_in_heights": lambda of: min(of.widest_in_heights, WIDEST_IN_HEIGHTS),
    "widest_in_widths": lambda of: min(of.widest_in_widths, WIDEST_IN_WIDTHS),
    "lowest_in_heights": lambda of: of.lowest_in_heights,
    "digits": lambda of: of.digits,
    "digits_beyond": lambda of: of.has_lines * max(of.digits - LONG_FROM, 0.0),
    "cost": lambda of: of.cost,
    "is_cut": lambda of: min(of.cost, 1.0),
}
FEATURES = tuple(_MEASURES)
