"""What the terminal of a person can show: whether a bar may be drawn, and whether there may be colour.

``NO_COLOR`` means no escape sequence at all here, so no bar either, which lives by them; nor is there one where
``TERM`` is ``dumb``. ``FORCE_COLOR`` asks for colour in a pipe.
"""

import os
import sys

PLAIN_TERMINALS = ("dumb", "unknown")


def is_plain() -> bool:
    """Say whether only letters may be written: no colour, no bold, no cursor that moves."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM", "").lower() in PLAIN_TERMINALS


def can_draw() -> bool:
    """Say whether a bar may be drawn on standard error."""
    return sys.stderr.isatty() and not is_plain()
