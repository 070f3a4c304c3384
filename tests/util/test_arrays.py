"""Anything that holds numbers as an array, and whole numbers as bytes."""

from typing import Any

import numpy as np
import pytest

from mnist_nn.errors import DataError, ImageError
from mnist_nn.util.arrays import as_array, as_bytes


class Stubborn:
    """A tensor that will not be an array, as one on another device."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("can't convert this\n tensor.")


def test_arrays_stay_what_they_are_and_lists_become_some() -> None:
    array = np.zeros(3)
    assert as_array("labels", array, DataError) is array
    assert as_array("labels", [[1, 2]], DataError).tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (None, "labels are None, which contains no numbers"),
        (object(), "labels are an object, which"),
        ({1: 2}, "a dict"),
        ("text", "'text'"),
        ([[1], [1, 2]], "give rows of equal length"),
        (Stubborn(), r"do not form one array \(can't convert this tensor\)"),
    ],
)
def test_what_holds_no_numbers_is_refused_in_one_line(values: Any, why: str) -> None:
    with pytest.raises(ImageError, match=why) as caught:
        as_array("labels", values, ImageError)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("values", [[0, 0], [0, 2], [255, 0], []])
def test_whole_numbers_of_a_byte_are_bytes(values: list[int]) -> None:
    found = as_bytes("images", np.array(values, np.int64), DataError)
    assert found.dtype == np.uint8
    assert found.tolist() == values


@pytest.mark.parametrize("values", [[0, 1], [-1, 5], [0, 256], [True, False]])
def test_whole_numbers_that_may_be_no_pixels_are_refused(values: list[int]) -> None:
    with pytest.raises(DataError, match=r"give uint8 pixels.*or floats"):
        as_bytes("images", np.array(values), DataError)
