import numpy as np
import pytest

from mnist_nn.data.formats.columns import find_columns, is_bytes, make_images
from mnist_nn.errors import DataError


def test_the_label_is_found_by_its_name_wherever_it_stands() -> None:
    assert find_columns("a", ["p1", "p2", "Label"], 3, None) == (2, (0, 1))
    assert find_columns("a", ["ImageId", "p1"], 2, None) == (None, (1,))
    assert find_columns("a", ["", "class", "p1"], 3, None) == (1, (2,))
    assert find_columns("a", ["kind", "p1"], 2, "kind") == (0, (1,))
    assert find_columns("a", None, 3, "3") == (2, (0, 1))


def test_a_column_that_is_not_there_lists_those_that_are() -> None:
    with pytest.raises(DataError, match="a has no column 'letter'; its columns are 'p1', 'p2'"):
        find_columns("a", ["p1", "p2"], 2, "letter")
    with pytest.raises(DataError, match="its columns are 1 to 5, without names"):
        find_columns("a", None, 5, "9")
    with pytest.raises(DataError, match="no columns of pixels"):
        find_columns("a", ["label"], 1, None)


def test_pixels_after_pixels_are_pixels() -> None:
    assert not is_bytes(np.array([[0.0, 1.0]]))
    assert make_images("a", np.array([[0.0, 0.5]]), as_bytes=False).dtype == np.float32
    for large in (1e300, -1e300):
        with pytest.raises(DataError, match=r"a has values from .*1e\+300.*; scale them"):
            make_images("a", np.array([[0.5, large]]), as_bytes=False)
    with pytest.raises(DataError, match="pixels from 0 to 255 in its first rows, but values from 0 to 300 later"):
        make_images("a", np.array([[0, 300]]), as_bytes=True)
