"""The sections of a report, one module and one template each: ``write`` chooses the facts, the template words them."""

from typing import NamedTuple

PACKAGE = "mnist_nn.report"  # whose templates they are


class Missing(NamedTuple):
    """Returned by a section that cannot be written; ``reason`` is a clause that can follow "because"."""

    reason: str
