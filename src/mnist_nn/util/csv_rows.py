"""Reads and writes the rows of CSV tables (RFC 4180, UTF-8). The callers interpret them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mnist_nn.errors import ConfigError
from mnist_nn.util.io_errors import explain_io_errors


def read_rows(path: Path, remedy: str) -> Iterator[tuple[int, list[str]]]:
    r"""Read a table with commas, or with semicolons, which spreadsheet programs write in many countries.

    Parameters
    ----------
    path
        The file, in UTF-8; file names keep their exact bytes.
    remedy
        What to do if the file cannot be read; the message ends with it.

    Yields
    ------
    The number of each row's first line, from 1, and its cells.

    Raises
    ------
    ConfigError
        If the file cannot be read, or is not such a table.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text('picture;answer\n"a\nb.png";7\nc.png;8\n')
    >>> list(read_rows(path, "name another"))
    [(1, ['picture', 'answer']), (2, ['a\nb.png', '7']), (4, ['c.png', '8'])]
    """
    with explain_io_errors(ConfigError, "read", path, remedy):
        text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in rows:
            yield line, row
            line = rows.line_num + 1
    except csv.Error as error:
        raise ConfigError(f"{str(path)!r} is not a table with commas (see line {line}: {error}); {remedy}") from error


def encode_rows(rows: Iterable[Sequence[Any]]) -> bytes:
    r"""Write rows as a table with commas; file names keep their exact bytes.

    Examples
    --------
    >>> encode_rows([("seed", "note"), (3, "a,b")])
    b'seed,note\r\n3,"a,b"\r\n'
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogateescape")
