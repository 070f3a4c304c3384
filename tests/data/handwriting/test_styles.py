"""Families share no part of any range, and hands are drawn from theirs."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.handwriting.forms.families import FORMS
from mnist_nn.data.handwriting.styles import FAMILIES, HAND, draw_hands, family_value
from mnist_nn.errors import ConfigError
from mnist_nn.util.randomness import key

MEASURES = ["width_ratio", "slant_tangent", "pen_width", "jitter", "hook_share", "hook_length"]


def test_the_families_divide_the_range_between_them() -> None:
    intervals = sorted(interval for family in FAMILIES.values() for interval in family)
    assert intervals[0][0] == 0
    assert intervals[-1][1] == 1
    assert all(before[1] == after[0] for before, after in pairwise(intervals))


@given(draw=st.floats(0, 0.9999), family=st.sampled_from(list(FAMILIES)), low=st.floats(-5, 5), span=st.floats(0.1, 5))
def test_a_draw_lands_in_an_interval_of_its_family(draw: float, family: str, low: float, span: float) -> None:
    share = (float(family_value(np.array([draw]), low, low + span, family)[0]) - low) / span
    assert any(start - 1e-5 <= share <= end + 1e-5 for start, end in FAMILIES[family])


@pytest.mark.parametrize("family", FAMILIES)
def test_intervals_are_filled_in_proportion(family: str) -> None:
    values = family_value(np.linspace(0, 0.99999, 10_001), 0.0, 1.0, family)
    lengths = np.array([end - start for start, end in FAMILIES[family]])
    filled = [((values >= start) & (values <= end)).mean() for start, end in FAMILIES[family]]
    assert np.allclose(filled, lengths / lengths.sum(), atol=1e-3)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("measure", MEASURES)
def test_hands_differ_only_within_their_family(family: str, measure: str) -> None:
    values = getattr(draw_hands(300, key(2), family), measure)
    low, high = getattr(HAND, measure)
    shares = (values - low) / (high - low)
    inside = [(shares >= start - 1e-5) & (shares <= end + 1e-5) for start, end in FAMILIES[family]]
    assert np.any(inside, axis=0).all()
    assert len(np.unique(values)) > 200


def test_a_hand_follows_from_its_key_and_number() -> None:
    few, many = (draw_hands(count, key(2), "train") for count in (3, 9))
    assert few.pen_width.tolist() == many.pen_width[:3].tolist()
    assert few.forms.tolist() == many.forms[:3].tolist()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_form_is_written_by_somebody(family: str) -> None:
    forms = draw_hands(200, key(1), family).forms
    for label, known in FORMS[family].items():
        assert set(forms[:, label].tolist()) == set(range(len(known)))


def test_an_unknown_family_lists_the_choices() -> None:
    with pytest.raises(ConfigError, match="calibrate"):
        draw_hands(1, key(1), "people")


def test_the_docs_have_the_ranges_and_families_as_they_stand() -> None:
    page = (Path(__file__).parents[3] / "docs" / "explanation" / "handwriting.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (-?[\d.]+) \| ([\d.]+) \|", page, re.MULTILINE)
    assert {name: (float(low), float(high)) for name, low, high in rows} == {
        name: getattr(HAND, name) for name in MEASURES
    }
    shares = re.findall(r"^\| `(\w+)` \| ((?:[\d.]+ to [\d.]+(?:, )?)+) \|", page, re.MULTILINE)
    parts = {name: tuple(tuple(map(float, part.split(" to "))) for part in text.split(", ")) for name, text in shares}
    assert parts == FAMILIES
