"""What is no writing is dropped, and writing is kept."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.imaging.clean.specks import SPECKS, find_specks

Bools = npt.NDArray[np.bool_]


def bars(*windows: tuple[int, int, int, int]) -> Bools:
    mask = np.zeros((200, 300), bool)
    for left, top, right, bottom in windows:
        mask[top:bottom, left:right] = True
    return mask


NOTHING = bars()


@pytest.mark.parametrize(
    ("window", "dropped"),
    [
        ((100, 100, 103, 103), True),  # dust
        ((60, 60, 80, 66), False),  # the bar of a five
        ((0, 20, 12, 180), True),  # the edge of the sheet
        ((0, 60, 8, 100), False),  # a one at the edge of the picture
        ((100, 0, 102, 190), True),  # what is left of a line
    ],
)
def test_what_is_no_writing_is_dropped(window: tuple[int, int, int, int], dropped: bool) -> None:
    writing = [(150, 80, 157, 120), (180, 80, 187, 120), (180, 113, 200, 120)]
    found = find_specks(bars(*writing, window), NOTHING)
    left, top, right, bottom = window
    assert found[top:bottom, left:right].all() == dropped
    assert not (found & bars(*writing)).any()


def test_splinters_are_dropped_only_beside_rulings() -> None:
    writing, splinter, rulings = (150, 80, 157, 120), (60, 100, 90, 101), bars((0, 103, 300, 105))
    mask = bars(writing, splinter)
    assert find_specks(mask, rulings)[100, 60:90].all()
    assert not find_specks(mask, NOTHING)[100, 60:90].any()


def test_a_page_of_dust_alone_is_all_dust() -> None:
    dust = np.random.default_rng(0).random((200, 300)) < 0.02
    np.testing.assert_array_equal(find_specks(dust, NOTHING), dust)


def test_what_is_dust_depends_on_the_parameters() -> None:
    writing, dot = (150, 80, 157, 120), (100, 100, 105, 105)
    mask = bars(writing, dot)
    assert find_specks(mask, NOTHING)[100:105, 100:105].all()
    assert not find_specks(mask, NOTHING, replace(SPECKS, speck_share_of_height=0.1)).any()
