"""Response curves: points with their intervals, and the mean where a value occurs more than once."""

import pytest

from mnist_nn.plots import response_curve

INTERVALS = [(0.8, 0.95), (0.9, 0.96), (0.85, 0.99)]


def test_every_configuration_is_a_point_with_its_interval() -> None:
    (axes,) = response_curve("rate", [0.1, 1.0, 0.01], [0.9, 0.93, 0.92], INTERVALS, is_log=True).axes
    (container,) = axes.containers
    points, _, (bars,) = container  # type: ignore[misc]
    assert points.get_xydata().tolist() == [[0.1, 0.9], [1.0, 0.93], [0.01, 0.92]]
    assert [sorted(segment[:, 1]) for segment in bars.get_segments()] == [pytest.approx(pair) for pair in INTERVALS]
    assert axes.get_xscale() == "log"


def test_names_are_drawn_in_their_order_with_the_line_of_means() -> None:
    (axes,) = response_curve("unit", ["tanh", "relu", "tanh"], [0.9, 0.93, 0.92], INTERVALS).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["tanh", "relu"]
    assert axes.lines[0].get_ydata().tolist() == pytest.approx([0.91])
