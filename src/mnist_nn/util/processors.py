"""Counts the processors that this process may use. Other modules decide what runs on them."""

import os


def count_processors() -> int:
    """Count the processors that this process may run on, which can be fewer than the machine has.

    Examples
    --------
    >>> count_processors() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
