"""The sections of a report, a module and a template each: ``write`` chooses what is said, the template says it."""

from typing import NamedTuple

PACKAGE = "mnist_nn.report"  # whose templates they are


class Missing(NamedTuple):
    """What a section gives that cannot be written: the reason, the end of a sentence."""

    reason: str
