"""How many processors this process may use. What runs on them is not decided here."""

import os


def count_processors() -> int:
    """Count the processors that this process may run on, which can be fewer than the machine has.

    Examples
    --------
    >>> count_processors() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
