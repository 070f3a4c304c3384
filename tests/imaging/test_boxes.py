"""The tight box around ink."""

import numpy as np

from mnist_nn.imaging.boxes import tight_window


def test_the_tight_window_holds_all_ink_and_touches_it() -> None:
    ink = np.zeros((20, 30), np.uint8)
    ink[4, 9] = ink[11, 17] = 3
    assert tight_window(ink) == (slice(4, 12), slice(9, 18))
