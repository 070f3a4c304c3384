import numpy as np
import pytest

from mnist_nn import Dataset
from mnist_nn.data.handwriting.papers.crops import LEAST_INK, SCALES, cut_digit


@pytest.mark.parametrize("scale", SCALES)
def test_a_crop_has_ink_at_all_sides_and_nothing_around(mnist: Dataset, scale: int) -> None:
    for image in mnist.train.images[:30]:
        rows, columns = (np.flatnonzero((image >= LEAST_INK).any(axis=axis)) for axis in (1, 0))
        crop = cut_digit(image, scale, dark_on_light=False)
        assert crop.shape == ((np.ptp(rows) + 1) * scale, (np.ptp(columns) + 1) * scale)
        sides = (crop[:scale], crop[-scale:], crop[:, :scale], crop[:, -scale:])
        assert all(side.max() >= LEAST_INK for side in sides)
        assert np.array_equal(cut_digit(image, scale, dark_on_light=True), 255 - crop)


def test_at_its_own_size_the_pixels_stay(mnist: Dataset) -> None:
    image = mnist.train.images[0]
    crop = cut_digit(image, 1, dark_on_light=False)
    rows, columns = (np.flatnonzero((image >= LEAST_INK).any(axis=axis)) for axis in (1, 0))
    assert np.array_equal(crop, image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
