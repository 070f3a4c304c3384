"""Shares and intervals as a report writes them."""

import math

import pytest

from mnist_nn.report.formatting import interval, percent


@pytest.mark.parametrize(("share", "text"), [(0.0, "0.00 %"), (0.94567, "94.57 %"), (1.0, "100.00 %"), (math.nan, "–")])
def test_shares_have_two_decimals(share: float, text: str) -> None:
    assert percent(share) == text


def test_an_interval_has_one_unit() -> None:
    assert interval(0.5, 1.0) == "50.00 to 100.00 %"
