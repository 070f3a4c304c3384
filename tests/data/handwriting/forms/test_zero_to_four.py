"""Forms of 0 to 4 have a digit's size, and the parts that tell them from others."""

import numpy as np
import pytest
from form_draws import COUNT, Spread, check_size, forms_of, outline

FORMS = forms_of(range(5))


@pytest.mark.parametrize("name", FORMS)
def test_a_form_has_a_digits_size(name: str) -> None:
    check_size(FORMS[name])


@pytest.mark.parametrize("name", [name for name in FORMS if "upstroke" in name or "flag" in name])
def test_upstrokes_are_of_every_length_and_angle_people_write(name: str) -> None:
    points = outline(FORMS[name])
    lowest_left = points[np.arange(COUNT), np.where(points[..., 1] < 0.9, points[..., 0], 9).argmin(axis=1)]
    assert lowest_left[:, 1].min() < 0.15
    assert lowest_left[:, 1].max() > 0.45
    assert lowest_left[:, 0].max() < 0


@pytest.mark.parametrize("name", [name for name in FORMS if name.startswith("zero") and name != "zero_flick"])
def test_a_zero_goes_all_around_its_middle(name: str) -> None:
    points = outline(FORMS[name])
    middle = (points.min(axis=1) + points.max(axis=1)) / 2
    around = np.degrees(np.arctan2(*np.moveaxis(points - middle[:, None], 2, 0)))
    gaps = np.diff(np.sort(around, axis=1), axis=1)
    assert gaps.max() < 95


@pytest.mark.parametrize("name", [name for name in FORMS if name.startswith("four")])
def test_a_four_has_a_stem_that_ends_below_its_bar(name: str) -> None:
    points = outline(FORMS[name])
    foot = points[np.arange(COUNT), points[..., 1].argmax(axis=1)]
    assert (foot[:, 1] > 0.9).all()
    assert (foot[:, 0] > points[..., 0].min(axis=1) + 0.1).all()


def test_all_numbers_of_a_form_are_drawn() -> None:
    for form in FORMS.values():
        strokes = form(Spread())
        assert all(len(stroke) >= 2 for stroke in strokes)
        assert np.ptp(outline(form), axis=0).max() > 0.02
