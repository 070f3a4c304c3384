"""What reading a number depends on besides its ink, with the reason for each value.

The values were chosen on pages made of MNIST's training digits (docs/reading.md), and a benchmark can vary them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadingParameters:
    """Scores are natural logarithms of probabilities, so differences between them are in nats."""

    max_error: float = 0.01
    """Share of the accepted digits that may be wrong unless another is asked for: most digits are still accepted."""
    uncalibrated_threshold: float = 0.9
    """Confidence from which on a digit is accepted if the model has no calibration, which would know better."""
    nats_per_cost: float = 3.0
    """What one unit of a candidate's cost takes off its score: ink that was cut or joined must look clearly better."""
    most_groups: int = 20
    """Groups that one number may be written in, or boxes of a form: a bound on time, beyond any card's or book's."""
    join_nats: float = 1.0
    """What it costs to take two groups for one number: of two ways that fit, the one with fewer joins is right."""
    violation_nats: float = 5.0
    """What it costs to leave a number that breaks its checksum as it is: digits are not bent further than this."""
    least_alternative: float = 0.001
    """Probability below which a digit is not an alternative, whatever a checksum says."""
    least_probability: float = 1e-12
    """Taken for all smaller probabilities, so that their logarithm is finite."""


READING = ReadingParameters()
