"""Small square pictures: which way round their ink is, and whether there is any."""

import numpy as np
import pytest

from mnist_nn import load_data
from mnist_nn.imaging.square import find_square

DIGITS = load_data("mnist").test.images[:60]


def test_digits_of_mnist_are_left_as_they_are() -> None:
    for digit in DIGITS:
        found = find_square(digit)
        assert found.pixels is digit
        assert found[1:] == (False, False)


def test_their_negatives_become_the_digits() -> None:
    for digit in DIGITS:
        found = find_square(255 - digit)
        assert found.is_inverted
        np.testing.assert_array_equal(found.pixels, digit)


@pytest.mark.parametrize("grey", [0, 1, 128, 254, 255])
def test_one_grey_is_blank(grey: int) -> None:
    picture = np.full((28, 28), grey, np.uint8)
    found = find_square(picture)
    assert found.pixels is picture
    assert found[1:] == (True, False)
