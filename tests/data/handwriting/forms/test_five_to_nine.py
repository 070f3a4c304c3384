"""Forms of 5 to 9 have a digit's size, and the parts that tell them from others."""

import numpy as np
import pytest
from form_draws import COUNT, Spread, check_size, forms_of, outline

FORMS = forms_of(range(5, 10))


@pytest.mark.parametrize("name", FORMS)
def test_a_form_has_a_digits_size(name: str) -> None:
    check_size(FORMS[name])


@pytest.mark.parametrize("name", [name for name in FORMS if "crossed" in name])
def test_a_crossed_seven_has_a_bar_through_the_middle_of_its_stem(name: str) -> None:
    *_, bar = FORMS[name](Spread())
    (left, y0), (right, y1) = bar
    assert (np.asarray(left) < np.asarray(right)).all()
    assert ((np.asarray(y0) > 0.35) & (np.asarray(y1) < 0.7)).all()


@pytest.mark.parametrize("name", [name for name in FORMS if name.startswith("seven")])
def test_a_sevens_top_reaches_far_right_and_its_foot_does_not(name: str) -> None:
    points = outline(FORMS[name])
    foot = points[np.arange(COUNT), points[..., 1].argmax(axis=1), 0]
    assert (foot < points[..., 0].max(axis=1) - 0.05).all()


@pytest.mark.parametrize(("start", "heavy"), [("six", 1), ("nine", -1)])
def test_loops_are_below_in_a_six_and_above_in_a_nine(start: str, heavy: int) -> None:
    for name, form in FORMS.items():
        if name.startswith(start) and name not in {"nine_looped_tail", "nine_hooked"}:
            y = outline(form)[..., 1]
            assert (heavy * (y.mean(axis=1) - 0.5) > -0.06).mean() > 0.9, name


def test_all_numbers_of_a_form_are_drawn() -> None:
    for form in FORMS.values():
        strokes = form(Spread())
        assert all(len(stroke) >= 2 for stroke in strokes)
        assert np.ptp(outline(form), axis=0).max() > 0.02
