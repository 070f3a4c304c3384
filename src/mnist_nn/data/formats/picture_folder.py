"""Reads a folder of pictures: with a subfolder for each class, as for torchvision's ImageFolder, or without labels.

Pictures of any size and polarity are framed like MNIST's, with the code of the reader, or used unchanged.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.formats.batch import Batch, Part
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError, ImageError
from mnist_nn.imaging.boxes import tight_window
from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.imaging.framing import SIDE, frame
from mnist_nn.imaging.load.child.pool import KEPT
from mnist_nn.imaging.load.folders import SUFFIXES, find_pictures, natural_key
from mnist_nn.imaging.load.pictures import Fault, each_page
from mnist_nn.imaging.load.sources import Source
from mnist_nn.imaging.square import find_square
from mnist_nn.imaging.thicken import thicken
from mnist_nn.util.io_errors import explain_io_errors

PICTURES = 200  # in a batch, at most
FAULTS_SHOWN = 3

Pixels = npt.NDArray[np.uint8]


def list_classes(folder: Path) -> list[str]:
    """List the subfolders of a folder, with numbers in numerical order and without hidden folders.

    Raises
    ------
    DataError
        If the folder cannot be listed.
    """
    with explain_io_errors(DataError, "list the folder", folder, "change its permissions"), os.scandir(folder) as found:
        names = [entry.name for entry in found if entry.is_dir() and not entry.name.startswith(".")]
    return sorted(names, key=natural_key)


def holds_pictures(folder: Path) -> bool:
    """Say whether a folder itself contains pictures."""
    with explain_io_errors(DataError, "list the folder", folder, "change its permissions"), os.scandir(folder) as found:
        return any(entry.name.lower().endswith(SUFFIXES) and not entry.name.startswith(".") for entry in found)


def read(part: Part, options: ReadOptions) -> Iterator[Batch]:
    """Read the pictures of a folder, class by class.

    Raises
    ------
    DataError
        If pictures cannot be read, or have different sizes although they are used unchanged.
    """
    (folder,) = part.paths
    classes = tuple(list_classes(folder))
    labelled = not holds_pictures(folder)
    found = [(one, _list(folder / one)) for one in classes] if labelled else [("", _list(folder))]
    pictures = ((label, path) for label, paths in found for path in paths)
    yield from _read_batches(pictures, options, classes if labelled else ())


def _list(folder: Path) -> Iterator[str]:
    """List the pictures in a folder; an empty one has none."""
    for found in find_pictures([folder]):
        if found.error is None:
            yield found.file
        elif found.file != str(folder):
            raise DataError(str(found.error)) from found.error


def _read_batches(
    pictures: Iterable[tuple[str, str]], options: ReadOptions, classes: tuple[str, ...]
) -> Iterator[Batch]:
    faults: list[str] = []
    shape: tuple[int, ...] | None = None
    remaining = iter(pictures)
    while block := list(islice(remaining, PICTURES)):
        found = read_pictures([path for _, path in block], as_is=options.as_is)
        faults += [str(one) for one in found if isinstance(one, ImageError)]
        good = [
            (label, path, one) for (label, path), one in zip(block, found, strict=True) if isinstance(one, np.ndarray)
        ]
        for _, path, image in good:
            shape = shape or image.shape
            if image.shape != shape:
                raise DataError(
                    f"{path!r} has {image.shape[1]}×{image.shape[0]} pixels, but the pictures before it have "
                    f"{shape[1]}×{shape[0]}; make all of them the same size, or leave out --as-is, so that they are "
                    "framed"
                )
        if good and not faults:
            labels, names, images = zip(*good, strict=True)
            yield Batch(np.stack(images), np.array(labels) if classes else None, names, classes)
    if faults:
        more = f"; and {len(faults) - FAULTS_SHOWN:,} more" * (len(faults) > FAULTS_SHOWN)
        count = "1 picture" if len(faults) == 1 else f"{len(faults):,} pictures"
        raise DataError(f"{count} cannot be read: {'; '.join(faults[:FAULTS_SHOWN])}{more}")


def read_pictures(sources: Iterable[Source], *, as_is: bool) -> list[Pixels | ImageError]:
    """Read pictures in parallel, as many as there are decoders; an error takes the place of a picture."""

    def read_one(source: Source) -> Pixels | ImageError:
        try:
            return read_picture(source, as_is=as_is)
        except ImageError as error:
            return error

    with ThreadPoolExecutor(KEPT) as threads:
        return list(threads.map(read_one, sources))


def read_picture(source: Source, *, as_is: bool = False) -> Pixels:
    """Read one picture in the form that a network takes.

    Parameters
    ----------
    source
        A file, or its bytes as a binary file.
    as_is
        Use its grey levels unchanged.

    Returns
    -------
    uint8, 0 for background: of shape (28, 28) or, with ``as_is``, of the picture's own shape.

    Raises
    ------
    ImageError
        If it is not a picture, cannot be read, or has several pages.
    """
    with closing(each_page(source)) as pages:
        first, second = next(pages, None), next(pages, None)
    if first is None or isinstance(first, Fault):
        raise first.error if first else ImageError(f"{source!r} has no page")
    if second is not None:
        raise ImageError(f"{first.file!r} has several pages, but a picture of one digit must have one")
    return first.pixels if as_is else frame_picture(first.pixels)


def frame_picture(pixels: Pixels) -> Pixels:
    """Frame the ink of a picture as the reader does; a 28×28 picture counts as framed and is only made light on dark.

    Parameters
    ----------
    pixels
        Grey levels, uint8 of shape (height, width).

    Returns
    -------
    uint8 of shape (28, 28); all 0 if there is no ink.

    Examples
    --------
    >>> page = np.full((90, 60), 210, np.uint8)
    >>> page[20:70, 28:34] = 40
    >>> framed = frame_picture(page)
    >>> framed.shape, int(framed.max()), int(framed[0, 0])
    ((28, 28), 255, 0)
    """
    if pixels.shape == (SIDE, SIDE):
        return _turn_light_on_dark(pixels)
    ink = find_ink(pixels).grey
    if not ink.any():
        return np.zeros((SIDE, SIDE), np.uint8)
    return frame(thicken(ink[tight_window(ink)]))


def _turn_light_on_dark(pixels: Pixels) -> Pixels:
    edge: list[Any] = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    return find_square(pixels).pixels if np.concatenate(edge).any() else pixels
