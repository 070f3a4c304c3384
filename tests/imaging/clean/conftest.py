"""What several steps of cleaning are tested on."""

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn import Dataset

HEIGHT, WIDTH = 300, 420


@pytest.fixture
def written(mnist: Dataset) -> npt.NDArray[np.bool_]:
    """Six rows of digits, 40 pixels high."""
    page = np.zeros((HEIGHT, WIDTH), bool)
    digits = np.asarray(mnist.train.images[:48]).reshape(-1, 28, 28) > 100
    for number, digit in enumerate(digits):
        top, left = 10 + 48 * (number // 8), 10 + 50 * (number % 8)
        page[top : top + 44, left : left + 44] |= digit.repeat(2, 0).repeat(2, 1)[6:50, 6:50]
    return page
