"""Arcs lie on their ellipse and run the way they say; every family has forms of every digit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.handwriting.forms.families import FORMS
from mnist_nn.data.handwriting.forms.strokes import arc, corner


@given(rx=st.floats(0.1, 2), ry=st.floats(0.1, 2), start=st.floats(-180, 180), sweep=st.floats(-400, 400))
def test_an_arc_lies_on_its_ellipse(rx: float, ry: float, start: float, sweep: float) -> None:
    points = np.array(arc((3.0, 4.0), (rx, ry), start, sweep))
    assert np.allclose(((points - [3, 4]) / [rx, ry] * 1) ** 2 @ [1, 1], 1)


def test_zero_degrees_is_right_ninety_is_down_and_a_negative_sweep_goes_up_first() -> None:
    points = arc((0.0, 0.0), (1.0, 1.0), 0, -90, 3)
    assert np.allclose(points, [(1, 0), (np.sqrt(0.5), -np.sqrt(0.5)), (0, -1)])
    assert np.allclose(arc((0.0, 0.0), (1.0, 1.0), 90, 0, 2), [(0, 1), (0, 1)])


def test_a_corner_is_a_point_given_twice() -> None:
    assert corner(1, 2) == [(1, 2), (1, 2)]


def test_every_family_writes_every_digit_and_has_forms_of_its_own() -> None:
    for family, digits in FORMS.items():
        assert list(digits) == list(range(10))
        others = {form for name, of in FORMS.items() if name != family for forms in of.values() for form in forms}
        for label, forms in digits.items():
            assert set(forms) - others, (family, label)
