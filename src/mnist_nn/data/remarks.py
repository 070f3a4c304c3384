"""Finds problems of a data set before training: empty classes, blank pictures, images in both halves.

It also finds what is probably a mistake: transposed pictures, or labels that do not begin at 0. It changes nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_nn.data.dataset import Dataset
from mnist_nn.data.samples import Samples
from mnist_nn.data.splits import TEST_SHARE

Pictures = npt.NDArray[np.uint8]

LOOKED_AT = 5000  # pictures that tell whether they are transposed
FEWEST = 50  # of which that can be told
WIDE_SHARE = 0.6
"""Most handwriting is taller than wide: 90 % of MNIST's digits are, and 66 % of Fashion-MNIST's items."""
NAMES_SHOWN = 5


@dataclass(frozen=True)
class Remarks:
    """The remarks on a data set.

    Attributes
    ----------
    in_both_halves
        Number of test images that are also among the training images, bit for bit.
    blank
        Number of images of each half that have the same value everywhere: training, test.
    empty_classes
        Classes without a training image.
    looks_transposed
        Whether most pictures are wider than tall, like handwriting with rows and columns exchanged.
    first_label
        The smallest label in the training half.
    holds_out_its_test
        Whether the test half is held out of the data, because the data has none.
    class_names
        The names of the classes, if they have any.
    """

    in_both_halves: int
    blank: tuple[int, int]
    empty_classes: tuple[int, ...]
    looks_transposed: bool
    first_label: int
    holds_out_its_test: bool
    class_names: tuple[str, ...] | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The remarks as sentences; empty if there are none."""
        return tuple(filter(None, (
            self._held_out(), self._first_label(), self._empty(), self._blank(), self._both(), self._transposed(),
        )))  # fmt: skip

    def _held_out(self) -> str:
        share = round(1 / TEST_SHARE)
        return (
            f"there is no test half, so one image in {share} of each class is held out for testing"
            * self.holds_out_its_test
        )

    def _first_label(self) -> str:
        low = self.first_label
        return f"no label is below {low}; if the first class is {low}, give --label-base {low}" * (low > 0)

    def _empty(self) -> str:
        if not self.empty_classes or self.first_label:
            return ""
        names = [self.class_names[k] if self.class_names else str(k) for k in self.empty_classes[:NAMES_SHOWN]]
        more = f" and {len(self.empty_classes) - NAMES_SHOWN:,} more" * (len(self.empty_classes) > NAMES_SHOWN)
        return f"no training image belongs to class {', '.join(names)}{more}, so it cannot be learned"

    def _blank(self) -> str:
        total = sum(self.blank)
        return f"{total:,} {'image is' if total == 1 else 'images are'} blank" * (total > 0)

    def _both(self) -> str:
        found = self.in_both_halves
        some = "test image is" if found == 1 else "test images are"
        return (
            f"{found:,} {some} also among the training images, which makes the test result look better than it is"
        ) * (found > 0)

    def _transposed(self) -> str:
        said = (
            "these images look transposed, like EMNIST's, because most are wider than tall; if they are, "
            "give --transpose"
        )
        return said * self.looks_transposed


def inspect(dataset: Dataset) -> Remarks:
    """Inspect both halves of a data set.

    Raises
    ------
    DataError
        If the data set cannot be read.

    Examples
    --------
    >>> from mnist_nn.data import load
    >>> inspect(load("mnist")).lines
    ()
    """
    train, test = dataset.train, dataset.test
    counts = train.counts(dataset.classes)
    return Remarks(
        in_both_halves=_count_shared(train, test),
        blank=(_count_blank(train), _count_blank(test)),
        empty_classes=tuple(label for label, count in enumerate(counts) if not count),
        looks_transposed=looks_transposed(train.images[:LOOKED_AT]),
        first_label=int(train.labels.min()),
        holds_out_its_test=dataset.holds_out_its_test,
        class_names=dataset.class_names,
    )


def _rows(samples: Samples) -> npt.NDArray[np.void]:
    """Return each image as one value, so that whole images can be compared."""
    flat = np.ascontiguousarray(samples.images.reshape(len(samples), -1))
    return flat.view(np.dtype((np.void, flat.dtype.itemsize * flat.shape[1])))[:, 0]


def _count_shared(train: Samples, test: Samples) -> int:
    seen = {row.tobytes() for row in _rows(train)}
    return sum(row.tobytes() in seen for row in _rows(test))


def _count_blank(samples: Samples) -> int:
    flat = samples.images.reshape(len(samples), -1)
    return int((flat.min(axis=1) == flat.max(axis=1)).sum())


def looks_transposed(images: npt.NDArray[np.generic]) -> bool:
    """Say whether most pictures are wider than tall; False if these are not pictures, or too few.

    Parameters
    ----------
    images
        Images in the form of `Samples`.

    Examples
    --------
    >>> from mnist_nn.data import load
    >>> digits = load("mnist").test.images[:500]
    >>> looks_transposed(digits), looks_transposed(digits.swapaxes(1, 2))
    (False, True)
    """
    if images.dtype != np.uint8 or len(images) < FEWEST:
        return False
    ink = images.astype(np.float64)
    ink = ink[ink.any(axis=(1, 2))]
    tall = _spread(ink.sum(axis=2)) > _spread(ink.sum(axis=1))
    return bool(len(tall) >= FEWEST and 1 - tall.mean() > WIDE_SHARE)


def _spread(profile: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the variance of the ink's position along one side, shape (n,); the profile has shape (n, length)."""
    at, share = np.arange(profile.shape[1]), profile / profile.sum(axis=1, keepdims=True)
    return np.asarray((share * at**2).sum(axis=1) - (share * at).sum(axis=1) ** 2)
