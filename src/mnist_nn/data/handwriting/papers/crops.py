"""A single digit, cropped tightly, dark on light or light on dark, at one to six times its size.

Programs that find contours produce such pictures, and so do labelling tools. No paper is left around the digit.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_nn.imaging.boxes import tight_window

Pixels = npt.NDArray[np.uint8]

LEAST_INK = 64  # grey levels: from a quarter of full ink on, a pixel is inside the box, as programs that threshold do
SCALES = (1, 2, 3, 4, 5, 6)
"""Six times MNIST's 20 pixels is the size of the digits in a photo from a telephone."""


def cut_digit(image: Pixels, scale: int, *, dark_on_light: bool, least_ink: float = LEAST_INK) -> Pixels:
    """Crop a digit tightly and enlarge it.

    Parameters
    ----------
    image
        A digit, uint8 of shape (height, width), light on black.
    scale
        The factor by which it is enlarged.
    dark_on_light
        Whether the picture is inverted.
    least_ink
        Smallest grey level of a pixel that counts as ink; there must be such pixels.

    Returns
    -------
    uint8, with ink on all four sides.

    Examples
    --------
    >>> image = np.zeros((28, 28), np.uint8)
    >>> image[4:24, 10:14] = 255
    >>> cut_digit(image, 3, dark_on_light=True).shape
    (60, 12)
    """
    digit = image[tight_window(image >= least_ink)]
    size = digit.shape[1] * scale, digit.shape[0] * scale
    large = np.asarray(Image.fromarray(digit).resize(size, Image.Resampling.BICUBIC))
    return 255 - large if dark_on_light else large
