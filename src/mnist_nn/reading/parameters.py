"""The parameters of reading numbers, with the reason for each value.

The values were chosen on pages composed of MNIST's training digits (docs/explanation/reading.md), and a benchmark can
vary them.
"""

from dataclasses import dataclass, field

from mnist_nn.reading.orientation import OrientationParameters
from mnist_nn.reading.sequence.reader import SEQUENCE, SequenceParameters


@dataclass(frozen=True)
class AgreementParameters:
    """The weights of the two readings of a number.

    Networks for single digits are best at separate digits. If ink had to be cut, the reading as a line is better,
    because it needs no cuts (docs/explanation/reading.md).
    """

    segment_weight_apart: float = 0.5
    """Weight of the reading by segments if no ink was cut or joined; the lines have the rest."""
    segment_weight_cut: float = 0.2
    """Weight of the reading by segments if ink was cut or joined."""
    segment_weight_lone: float = 0.9
    """Weight of the reading by segments for a lone digit on a page: networks for digits know best which digit it is."""
    lone_width_heights: float = 1.25
    """A digit that is wider than this, relative to its height, may be two that touch: 1.4 % of MNIST's training digits
    are wider, and 79 % of pairs of touching digits."""
    low_mark_heights: float = 0.4
    """A mark before the first or after the last digit of a line is no digit of it if it is at most this high, in
    heights of the digits. A small zero is higher."""
    least_line_probability: float = 0.5
    """If the line's probability of the chosen text is below this, the number is doubtful. Used only if numbers are not
    calibrated, because a calibration is more accurate."""
    least_log_probability: float = -20.0
    """Smallest logarithm in the evidence, because smaller ones contain no more information."""


AGREEMENT = AgreementParameters()


@dataclass(frozen=True)
class ReadingParameters:
    """Parameters of reading. Scores are natural logarithms of probabilities, so their differences are in nats."""

    max_error: float = 0.01
    """Default for the share of accepted numbers that may be wrong: little more than can be proved."""
    max_error_per_digit: float = 0.01
    """The same for digits; most of them are still accepted."""
    uncalibrated_threshold: float = 0.9
    """Smallest confidence of an accepted digit if the model has no calibration."""
    nats_per_cost: float = 3.0
    """How much one unit of a candidate's cost lowers its score: ink that was cut or joined must look clearly better."""
    most_groups: int = 20
    """Largest number of groups, or boxes of a form, in one number. It limits the time and is larger than any card or
    book needs."""
    join_nats: float = 1.0
    """Cost of joining two groups into one number: if two ways fit, the one with fewer joins is right."""
    violation_nats: float = 5.0
    """Cost of a number that breaks its checksum: digits are not changed at a higher cost than this."""
    least_alternative: float = 0.001
    """Smallest probability of an alternative digit, whatever a checksum says."""
    least_probability: float = 1e-12
    """Replaces all smaller probabilities, so that their logarithm is finite."""
    sequence: SequenceParameters = SEQUENCE
    """Parameters of reading a number as a line of ink."""
    agreement: AgreementParameters = AGREEMENT
    """The weights of the reading by segments and of the reading as a line."""
    orientation: OrientationParameters = field(default_factory=OrientationParameters)


READING = ReadingParameters()
