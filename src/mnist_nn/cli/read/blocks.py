"""The work of ``mnist-nn read`` in blocks of files, for this process or for the workers of a cluster.

A worker opens the files itself, under the same names, and makes sure that they are the ones that this machine sees.
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from mnist_nn.cli.read.files import read_file
from mnist_nn.errors import ClusterError
from mnist_nn.imaging import Found
from mnist_nn.model_file.storage import from_bytes
from mnist_nn.reading.pages import PageResult
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.reader_model import reader_model_bytes
from mnist_nn.util.cluster import Cluster, name_worker

FILES_PER_BLOCK = 8  # about a second of work; what is sent for it takes milliseconds

Looks = tuple[int, bool] | None
ReadFiles = Callable[[Iterable[Found]], Generator[tuple[int, Iterable[PageResult]]]]
"""Reads files: yields the number of files that are done, and the results of their pages."""


class SeenFile(NamedTuple):
    """A file, and what this machine sees of it: its size and whether it may be read; None if it is not there."""

    found: Found
    looks: Looks


@dataclass(frozen=True)
class ReadSetup:
    """What a worker needs to read: the bytes of the model file, the reader's options, limits, and the folder.

    Names of files are relative to the folder.
    """

    model: bytes
    options: tuple[tuple[str, Any], ...]
    limits: tuple[tuple[str, Any], ...]
    folder: str

    @classmethod
    def of(cls, model: Path | None, options: dict[str, Any], limits: dict[str, Any]) -> "ReadSetup":
        """Collect what a worker needs, so that it can be hashed."""
        content = reader_model_bytes() if model is None else model.read_bytes()
        known = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
        return cls(content, tuple(known.items()), tuple(limits.items()), os.getcwd())  # noqa: PTH109 a str is sent


def read_here(reader: Reader, limits: dict[str, Any]) -> ReadFiles:
    """Return a function that reads files one by one in this process, each page when it is asked for."""

    def read_files(files: Iterable[Found]) -> Generator[tuple[int, Iterable[PageResult]]]:
        for found in files:
            yield 1, read_file(reader, found, **limits)

    return read_files


def read_on(cluster: Cluster, setup: ReadSetup) -> ReadFiles:
    """Return a function that reads files on a cluster, in the same order; readings come without their steps."""

    def read_files(files: Iterable[Found]) -> Generator[tuple[int, Iterable[PageResult]]]:
        with closing(cluster.map_blocks(read_block, setup, _make_blocks(files))) as blocks:
            for block, results in blocks:
                yield len(block), results

    return read_files


def _make_blocks(files: Iterable[Found]) -> Iterator[tuple[SeenFile, ...]]:
    left = iter(files)
    while block := tuple(SeenFile(found, _look_at(found.file)) for found in islice(left, FILES_PER_BLOCK)):
        yield block


def read_block(setup: ReadSetup, block: tuple[SeenFile, ...]) -> Iterator[PageResult]:
    """Read a block on a worker.

    Raises
    ------
    ClusterError
        If the worker does not see the files that the machine that asks sees.
    """
    reader = _make_reader(setup)
    for found, looks in block:
        if _look_at(os.path.join(setup.folder, found.file)) != looks:  # noqa: PTH118 keeps ./ in front
            raise ClusterError(
                f"the worker at {name_worker()} does not see the same file {found.file!r} as this machine; share its "
                f"folder, so that it has the same path on every machine: {setup.folder}"
            )
        for result in read_file(reader, found, folder=setup.folder, **dict(setup.limits)):
            yield _reduce(result)


@lru_cache(maxsize=1)
def _make_reader(setup: ReadSetup) -> Reader:
    return Reader(from_bytes(setup.model), **dict(setup.options))


def _look_at(path: str) -> Looks:
    try:
        return os.stat(path).st_size, os.access(path, os.R_OK)  # noqa: PTH116 a null byte in a name is told apart later
    except (OSError, ValueError):
        return None


def _reduce(result: PageResult) -> PageResult:
    """Leave out what only an explanation needs, which is many times larger than the rest."""
    reading = result.reading
    return result._replace(reading=reading and reading.without_steps(), cause=None)
