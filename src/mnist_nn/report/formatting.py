"""Formats shares and intervals for a report."""

import numpy as np


def percent(share: float) -> str:
    """Format a share as a percentage with two decimals; NaN becomes a dash.

    Examples
    --------
    >>> percent(0.94567), percent(float("nan"))
    ('94.57 %', '–')
    """
    return "–" if np.isnan(share) else f"{100 * share:.2f} %"


def interval(low: float, high: float) -> str:
    """Format an interval of shares.

    Examples
    --------
    >>> interval(0.9, 0.95)
    '90.00 to 95.00 %'
    """
    return f"{100 * low:.2f} to {percent(high)}"
