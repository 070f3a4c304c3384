"""Where data sets are found: inside this package, on the system, or in any folder.

It downloads nothing, ever.
"""

import os
from collections.abc import Callable, Mapping
from importlib.resources import files as resources
from pathlib import Path
from types import MappingProxyType

from mnist_nn.data.dataset import DataFile, Dataset
from mnist_nn.data.idx import write_idx
from mnist_nn.errors import DataError, DataNotFoundError, unknown
from mnist_nn.util.checks import find_name
from mnist_nn.util.files import expand_path
from mnist_nn.util.io_errors import explain_io_errors

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""The usual names of a data set's four files, in the order of ``Dataset.files``."""

FASHION_FOLDER = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian and Ubuntu put the package ``dataset-fashion-mnist``."""

# SHA-256 of the files after gunzip, as they were published.
MNIST_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
FASHION_SHA256 = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}

_FOLDER = "a folder with the four IDX files"


def load(name: str | os.PathLike[str] = "mnist") -> Dataset:
    """Find a data set; its files are read on first use.

    Parameters
    ----------
    name
        "mnist", "fashion-mnist" (in any case, with dashes or without), or a folder that holds
        train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.
        There ``.idx3`` may stand for ``-idx3``, ``test`` for ``t10k``, and each may be gzipped (``.gz``).
        A folder called "mnist" is reached as "./mnist".

    Returns
    -------
    The data set: 28x28 images and ten classes for the named ones, whatever the files hold for a folder.

    Raises
    ------
    DataNotFoundError
        The data is not on this machine; the message says how to get it.
    ConfigError
        There is no data set and no folder of this name.

    Examples
    --------
    >>> load("mnist").test.labels[:5]
    array([7, 2, 1, 0, 4])
    >>> load("mnits")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mnist_nn.errors.ConfigError: unknown data set 'mnits'; choose one of: mnist, fashion-mnist, ...
    """
    if isinstance(name, str) and name in _NAMED:
        return _NAMED[name]()
    folder = expand_path(name)
    if name and os.path.isdir(folder):  # noqa: PTH112 Path.is_dir raises for a name with a null byte
        return Dataset(str(folder), _find_in_folder(folder))
    if meant := find_name(name, _NAMED):
        return _NAMED[meant]()
    if isinstance(name, str) and os.path.basename(name) == name and not os.path.lexists(name):  # noqa: PTH119
        raise unknown("data set", name, [*_NAMED, _FOLDER])
    raise DataNotFoundError(f"{str(folder)!r} is no folder; choose one of: {', '.join(_NAMED)}, {_FOLDER}")


def _mnist() -> Dataset:
    embedded = resources(__package__) / "embedded"
    mend = "reinstall this package: pip install --force-reinstall mnist-nn"
    found = tuple(DataFile(name, embedded / f"{name}.gz", MNIST_SHA256[name], mend) for name in FILES)
    return Dataset("mnist", found, known_classes=10)


def _fashion_mnist(folder: Path = FASHION_FOLDER) -> Dataset:
    if not folder.is_dir():
        raise DataNotFoundError(
            f"Fashion-MNIST is not in {folder}; run 'apt install dataset-fashion-mnist', or choose {_FOLDER}"
        )
    mend = "reinstall it: apt install --reinstall dataset-fashion-mnist"
    return Dataset("fashion-mnist", _find_in_folder(folder, FASHION_SHA256, mend), known_classes=10)


_NAMED: dict[str, Callable[[], Dataset]] = {"mnist": _mnist, "fashion-mnist": _fashion_mnist}
NAMES = tuple(_NAMED)
"""The data sets that go by a name."""


def _spellings(name: str) -> list[str]:
    """Say all names that a file goes by: ungzipped before gzipped, the usual one first."""
    stems = [name, name.replace("t10k", "test")] if name.startswith("t10k") else [name]
    dotted = [stem.replace("-idx", ".idx") for stem in stems]
    return [stem + end for end in ("", ".gz") for stem in stems + dotted]


def _find_in_folder(
    folder: Path, published: Mapping[str, str] = MappingProxyType({}), mend: str = ""
) -> tuple[DataFile, ...]:
    """Find the four files under any of their names."""
    present = _list_names(folder)
    found = {name: next((folder / one for one in _spellings(name) if one in present), None) for name in FILES}
    if missing := [name for name, path in found.items() if path is None]:
        raise DataNotFoundError(
            f"{str(folder)!r} lacks {', '.join(missing)}; put the files there, gzipped (.gz) or not"
        )
    return tuple(DataFile(name, path, published.get(name), mend) for name, path in found.items() if path)


def _list_names(folder: Path) -> set[str]:
    with explain_io_errors(DataError, "list the folder", folder, "change its permissions"):
        return set(os.listdir(folder))  # noqa: PTH208 names are wanted, not paths


def export(
    dataset: Dataset, directory: str | os.PathLike[str], force: bool = False, *, gz: bool = False
) -> tuple[Path, ...]:
    """Write the four files of a data set into a folder, as IDX, with exactly the bytes they decode to.

    Parameters
    ----------
    dataset
        What to write.
    directory
        Where to; made if it is not there.
    force
        Replace files of these names, each in one step.
    gz
        Gzip them.

    Returns
    -------
    The paths of the four files.

    Raises
    ------
    DataError
        A file is there already and ``force`` is not given, or one under another name would be read in its
        place (``force`` or not), or the system will not write.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export(load("mnist"), folder)]
    ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte']
    """
    folder = expand_path(directory)
    targets = [f"{name}.gz" if gz else name for name in FILES]
    with explain_io_errors(DataError, "make the folder", folder, "choose another"):
        folder.mkdir(parents=True, exist_ok=True)
    _check_free(folder, targets, force)
    for file, target in zip(dataset.files, targets, strict=True):
        write_idx(folder / target, file.read()[0])
    return tuple(folder / target for target in targets)


def _check_free(folder: Path, targets: list[str], force: bool) -> None:
    """Refuse to overwrite without leave, and to leave a folder in which old files hide the new ones."""
    there = [one for name in FILES for one in _spellings(name) if one in _list_names(folder)]
    if others := [one for one in there if one not in targets]:
        raise DataError(f"{str(folder)!r} holds {', '.join(others)} of another set; choose another folder")
    if there and not force:
        raise DataError(f"{str(folder)!r} already holds {', '.join(there)}; choose another folder, or force it")
