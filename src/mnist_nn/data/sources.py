"""Finds data sets inside this package, on the system, or in the user's own folders and files.

It never downloads anything.
"""

import os
from collections.abc import Callable, Mapping
from importlib.resources import files as resources
from pathlib import Path
from types import MappingProxyType

from mnist_nn.data.dataset import DataFile, Dataset
from mnist_nn.data.formats.batch import Part
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import ConfigError, DataError, DataNotFoundError, unknown
from mnist_nn.util import checks
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

MNIST, FASHION = "mnist", "fashion-mnist"
"""The names of the data set inside this package, and of the data set of clothing."""

DIGESTS = {
    MNIST: "c5097fdd51cfdbe7695fd9df3612695696864b5c424f58d843ffdc5d335e9914",
    FASHION: "d9ef4273af5c2e360155dad0c06bd939447bf37a6620db007d69fc79e4732045",
}
"""The value of `Dataset.digest` for each, so that they are recognized under any other name."""

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

CLASS_NAMES = "class-names.txt"
"""The file beside IDX files with the names of the classes, one per line, in the order of the labels."""

_OWN = "a folder or a file of your own data"


def load(
    name: str | os.PathLike[str] = "mnist",
    *,
    as_is: bool = False,
    label_column: str | None = None,
    transpose: bool = False,
    label_base: int = 0,
) -> Dataset:
    """Find a data set; its files are read on first use.

    Parameters
    ----------
    name
        "mnist", "fashion-mnist" (in upper or lower case, with or without dashes), or a folder or file of your own:

        - a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
          t10k-labels-idx1-ubyte. ``.idx3`` may replace ``-idx3``, ``test`` may replace ``t10k``, and each file may be
          gzipped (``.gz``). The names may have a prefix, which is then part of the name given, such as
          "gzip/emnist-letters";
        - a folder with a subfolder of pictures for each class, or with such folders in "train" and "test";
        - a CSV, .npz or Parquet file, or a folder with such files, like train.csv and test.csv.

        For a folder called "mnist", give "./mnist".
    as_is, label_column, transpose, label_base
        Options for reading your own data, as in `mnist_nn.data.read_options.ReadOptions`.

    Returns
    -------
    The data set. Those with a name have 28x28 images and ten classes.

    Raises
    ------
    DataNotFoundError
        If the data is not on this machine; the message says how to get it.
    DataError
        If the files cannot be read.
    ConfigError
        If there is no data set or folder with this name, it is not a name, or an option has no effect on it.

    Examples
    --------
    >>> load("mnist").test.labels[:5]
    array([7, 2, 1, 0, 4])
    >>> load("mnits")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mnist_nn.errors.ConfigError: unknown data set 'mnits'; choose one of: mnist, fashion-mnist, ...
    """
    checks.path("the data set", name, "load_data(name), with a name, a folder or a file")
    options = ReadOptions(as_is=as_is, label_column=label_column, transpose=transpose, label_base=label_base)
    path = expand_path(name)
    own = not (isinstance(name, str) and name in _NAMED) and bool(name)
    if own and os.path.lexists(path):
        return _load_own(path, options)
    if own and (found := _find_with_prefix(path)):
        return _choose_reader(str(path), found, options, path.parent)
    if meant := find_name(name, _NAMED):
        if given := options.to_dict():
            raise ConfigError(
                f"{next(iter(given))} has no effect on {meant}, because its files are known; leave it out"
            )
        return _NAMED[meant]()
    if isinstance(name, str) and os.path.basename(name) == name and not os.path.lexists(name):  # noqa: PTH119
        raise unknown("data set", name, [*_NAMED, _OWN])
    raise DataNotFoundError(f"there is no {str(path)!r}; choose one of: {', '.join(_NAMED)}, {_OWN}")


def holds_idx(path: Path) -> bool:
    """Whether a folder holds one of the four IDX files, under any of their names, which may have a prefix.

    Examples
    --------
    >>> holds_idx(Path("no-such-folder"))
    False
    """
    return _holds_plain_idx(path) or (path.is_dir() and bool(_list_prefixes(path)))


def _holds_plain_idx(path: Path) -> bool:
    return path.is_dir() and any(one in _list_names(path) for name in FILES for one in list_spellings(name))


def _load_own(path: Path, options: ReadOptions) -> Dataset:
    if _holds_plain_idx(path):
        return _choose_reader(str(path), _find_in_folder(path), options, path)
    if path.is_dir() and (prefixes := _list_prefixes(path)):
        if len(prefixes) == 1:
            return _choose_reader(str(path), _find_in_folder(path, prefix=prefixes[0]), options, path)
        paths = ", ".join(str(path / prefix.rstrip("-_.")) for prefix in prefixes)
        raise DataError(f"{str(path)!r} contains several data sets; give one of: {paths}")
    from mnist_nn.data import own  # noqa: PLC0415 - it loads what reads pictures

    return own.find(path, options)


def _choose_reader(name: str, files: tuple[DataFile, ...], options: ReadOptions, folder: Path) -> Dataset:
    """Read IDX files unchanged, or according to the options."""
    if not options.to_dict():
        return Dataset(name, files, known_names=_read_class_names(folder))
    from mnist_nn.data import own  # noqa: PLC0415 - as above

    images, labels, test_images, test_labels = (Path(str(file.source)) for file in files)
    return own.of_parts(name, Part("idx", (images, labels)), Part("idx", (test_images, test_labels)), options)


def _read_class_names(folder: Path) -> tuple[str, ...] | None:
    path = folder / CLASS_NAMES
    if not path.is_file():
        return None
    with explain_io_errors(DataError, "read", path, "write one class name per line in UTF-8, or remove the file"):
        names = tuple(path.read_bytes().decode("utf-8").splitlines())
    if len(set(names)) != len(names) or not all(names):
        raise DataError(f"{str(path)!r} contains an empty name or the same name twice; write one class name per line")
    return names


def _find_with_prefix(path: Path) -> tuple[DataFile, ...] | None:
    """Find the four files whose names begin with the last part of a path, as in gzip/emnist-letters."""
    if not path.parent.is_dir():
        return None
    prefix = next((one for one in _list_prefixes(path.parent) if one.rstrip("-_.") == path.name), None)
    return None if prefix is None else _find_in_folder(path.parent, prefix=prefix)


def _list_prefixes(folder: Path) -> list[str]:
    """List the prefixes of training images with the usual names in a folder."""
    ends = tuple(list_spellings(FILES[0]))
    found = {name.removesuffix(end) for name in _list_names(folder) for end in ends if name.endswith(end)}
    return sorted(prefix for prefix in found if prefix)


def _mnist() -> Dataset:
    embedded = resources(__package__) / "embedded"
    mend = "reinstall this package: pip install --force-reinstall mnist-nn"
    found = tuple(DataFile(name, embedded / f"{name}.gz", MNIST_SHA256[name], mend) for name in FILES)
    return Dataset(MNIST, found, known_classes=10)


def _fashion_mnist(folder: Path = FASHION_FOLDER) -> Dataset:
    if not folder.is_dir():
        raise DataNotFoundError(
            f"Fashion-MNIST is not in {folder}; run 'apt install dataset-fashion-mnist', or choose {_OWN}"
        )
    mend = "reinstall it: apt install --reinstall dataset-fashion-mnist"
    return Dataset(FASHION, _find_in_folder(folder, FASHION_SHA256, mend), known_classes=10)


_NAMED: dict[str, Callable[[], Dataset]] = {MNIST: _mnist, FASHION: _fashion_mnist}
NAMES = tuple(_NAMED)
"""The data sets that have a name."""


def list_spellings(name: str) -> list[str]:
    """List all possible names of a file, the usual one first, and uncompressed before gzipped."""
    stems = [name, name.replace("t10k", "test")] if name.startswith("t10k") else [name]
    dotted = [stem.replace("-idx", ".idx") for stem in stems]
    return [stem + end for end in ("", ".gz") for stem in stems + dotted]


def _find_in_folder(
    folder: Path, published: Mapping[str, str] = MappingProxyType({}), mend: str = "", prefix: str = ""
) -> tuple[DataFile, ...]:
    """Find the four files by any of their names, which may have a prefix."""
    present = _list_names(folder)
    found = {
        name: next((folder / (prefix + one) for one in list_spellings(name) if prefix + one in present), None)
        for name in FILES
    }
    if missing := [name for name, path in found.items() if path is None]:
        raise DataNotFoundError(
            f"{str(folder)!r} lacks {', '.join(missing)}; put these files there, gzipped (.gz) or not"
        )
    return tuple(DataFile(name, path, published.get(name), mend) for name, path in found.items() if path)


def _list_names(folder: Path) -> set[str]:
    with explain_io_errors(DataError, "list the folder", folder, "change its permissions"):
        return set(os.listdir(folder))  # noqa: PTH208 names are wanted, not paths
