import numpy as np

from mnist_nn.data.formats.batch import Batch


def test_a_batch_has_no_names_unless_each_image_is_a_file() -> None:
    assert Batch(np.zeros((1, 2, 2), np.uint8), None).names == ()
