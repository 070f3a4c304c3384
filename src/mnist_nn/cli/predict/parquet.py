"""Writes predictions to a Parquet file, one row group after another; the file is complete or does not exist.

A Parquet file cannot be continued, because it ends with its table of contents. So the rows are kept in FILE.part, a
plain table that can be continued, until they are complete. The format is written by pyarrow, an optional dependency.
"""

import csv
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mnist_nn.cli.predict.table import Table, open_table
from mnist_nn.cli.read.settings import ANOTHER, Settings, describe_differences, settings_path
from mnist_nn.data.formats.parquet_file import import_pyarrow
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.util.files import check_writable, part_path, replace_file
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off

ROWS = 65_536  # of a row group, which is held in memory
SETTINGS = b"mnist-nn"  # the settings that a file was written with, among its metadata
KINDS = {"string": str, "int64": int, "float32": float}


def count_finished(path: Path, settings: Settings) -> int | None:
    """Count the rows of a complete file of the same predictions; None if there is no file.

    Raises
    ------
    ConfigError
        If the file contains something else.
    """
    if not path.exists():
        return None
    rows, before = read_settings(path)
    if others := describe_differences(before, settings):
        raise ConfigError(
            f"{str(path)!r} was written with {others}; replace it with --force, or choose another --parquet FILE"
        )
    return rows


@contextmanager
def open_parquet(
    path: Path, kinds: Mapping[str, str], settings: Settings, *, force: bool = False, resume: bool = False
) -> Iterator[Table]:
    """Open a Parquet file of predictions; when the block ends without an error, it is complete and in its place.

    ``kinds`` are the columns with their types, as for `write_parquet`.

    If the block is left early, the rows stay in FILE.part, and ``resume`` continues them. No other process can write
    either file meanwhile.

    Raises
    ------
    ConfigError
        If the file exists and may be neither replaced nor continued, or was begun with other settings, or if it cannot
        be written.
    MissingExtraError
        If pyarrow is not installed.
    """
    import_pyarrow()
    with explain_io_errors(ConfigError, "write", path, ANOTHER):
        check_writable(path)
    with keep_others_off(path, ANOTHER):
        if path.exists() and not force:
            raise ConfigError(f"{str(path)!r} already exists; replace it with --force, or choose another file")
        rows = part_path(path)
        with open_table(rows, tuple(kinds), settings, force=force, resume=resume) as table:
            yield table
            with explain_io_errors(DataError, "write", path, "make room, then continue with --resume"):
                write_parquet(path, kinds, read_rows(rows), settings)
        for done in (rows, settings_path(rows)):
            done.unlink(missing_ok=True)


def write_parquet(
    path: Path, kinds: Mapping[str, str], rows: Iterable[Sequence[str]], settings: Settings | None = None
) -> int:
    """Write rows of text as a Parquet file in one step, and return how many there are.

    Parameters
    ----------
    path
        The file; an existing one stays until the new one is on the disk.
    kinds
        The columns in order, each with its type: ``string``, ``int64`` or ``float32``.
    rows
        The rows, of which 65,536 are held in memory at a time.
    settings
        The settings that the predictions were computed with, which are stored in the metadata of the file.

    Raises
    ------
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.parquet"
    >>> write_parquet(path, {"image": "int64", "class": "string"}, [("1", "seven"), ("2", "two")])
    2
    """
    pyarrow, schema = import_pyarrow(), _make_schema(kinds, settings)
    count, left = 0, iter(rows)
    with replace_file(path) as file, pyarrow.parquet.ParquetWriter(file, schema) as writer:
        while group := list(itertools.islice(left, ROWS)):
            columns = [
                list(map(KINDS[kind], values))
                for kind, values in zip(kinds.values(), zip(*group, strict=True), strict=True)
            ]
            writer.write_table(pyarrow.table(dict(zip(kinds, columns, strict=True)), schema))
            count += len(group)
    return count


def write_columns(path: Path, kinds: Mapping[str, str], columns: Sequence[Any], settings: Settings) -> None:
    """Write whole columns as `write_parquet` writes rows.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.parquet"
    >>> write_columns(path, {"image": "int64", "class": "string"}, [[1, 2], ["seven", "two"]], {})
    >>> import_pyarrow().parquet.read_table(path).num_rows
    2
    """
    pyarrow, schema = import_pyarrow(), _make_schema(kinds, settings)
    with replace_file(path) as file:
        pyarrow.parquet.write_table(pyarrow.table(list(columns), schema=schema), file, row_group_size=ROWS)


def read_settings(path: Path) -> tuple[int, Settings]:
    """Read the number of rows of a Parquet file that was written here, and its settings.

    Raises
    ------
    ConfigError
        If the file contains something else.
    """
    pyarrow = import_pyarrow()
    try:
        about = pyarrow.parquet.read_metadata(path)
        return int(about.num_rows), json.loads((about.metadata or {})[SETTINGS])
    except (KeyError, ValueError, OSError, pyarrow.ArrowException) as error:
        raise ConfigError(f"{str(path)!r} is not a table of these predictions; {ANOTHER}") from error


def _make_schema(kinds: Mapping[str, str], settings: Settings | None) -> Any:
    pyarrow = import_pyarrow()
    metadata = None if settings is None else {SETTINGS: json.dumps(settings)}
    return pyarrow.schema([(name, getattr(pyarrow, kind)()) for name, kind in kinds.items()], metadata)


def read_rows(path: Path) -> Iterator[list[str]]:
    """Read the rows of a table after its header; bytes that are not UTF-8 become question marks."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        yield from itertools.islice(csv.reader(file), 1, None)
