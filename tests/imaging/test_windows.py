"""Windows against plain indexing of a line between two stretches of paper."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.imaging.windows import WINDOWS, WindowShape, cut_windows, cut_windows_of_lines


@given(width=st.integers(0, 60), seed=st.integers(0, 2**32 - 1))
def test_a_window_shows_what_lies_around_its_own_columns(width: int, seed: int) -> None:
    line = np.random.default_rng(seed).integers(0, 256, (32, width), dtype=np.uint8)
    paper = np.pad(line, ((0, 0), (17, 18)))
    found = cut_windows(line)
    assert (found.dtype, found.shape) == (np.uint8, (width // 2, 1152))
    for t, window in enumerate(found):
        np.testing.assert_array_equal(window.reshape(32, 36), paper[:, 2 * t : 2 * t + 36])


@given(widths=st.lists(st.integers(0, 50), min_size=1, max_size=5), seed=st.integers(0, 2**32 - 1))
def test_windows_of_many_lines_are_those_of_each_in_turn(widths: list[int], seed: int) -> None:
    maps = np.random.default_rng(seed).integers(0, 256, (len(widths), 32, max(widths)), dtype=np.uint8)
    for line, width in zip(maps, widths, strict=True):
        line[:, width:] = 0
    found = cut_windows_of_lines(maps, np.array(widths))
    each = [cut_windows(line[:, :width]) for line, width in zip(maps, widths, strict=True)]
    np.testing.assert_array_equal(found, np.concatenate(each))


def test_what_is_seen_does_not_depend_on_how_wide_the_widest_line_is() -> None:
    line = np.full((1, 32, 20), 7, np.uint8)
    wider = np.pad(line, ((0, 0), (0, 0), (0, 100)))
    narrow, wide = (cut_windows_of_lines(maps, np.array([20])) for maps in (line, wider))
    np.testing.assert_array_equal(narrow, wide)


@pytest.mark.parametrize(("shape", "left"), [(WINDOWS, 17), (WindowShape(4, 6, 2), 2), (WindowShape(4, 5, 1), 2)])
def test_the_middle_of_a_window_is_its_steps_own(shape: WindowShape, left: int) -> None:
    line = np.zeros((shape.rows, 40), np.uint8)
    line[:, 20 : 20 + shape.step] = 1
    window = cut_windows(line, shape)[20 // shape.step].reshape(shape.rows, shape.columns)
    assert shape.left == left
    assert window[:, left : left + shape.step].all()
    assert window.sum() == shape.rows * shape.step
