"""A small file beside a table with the settings its rows were read with, so that a resumed run uses the same."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mnist_nn.errors import LONGEST_QUOTE, ConfigError, shorten
from mnist_nn.reading.reader_model import reader_model_bytes
from mnist_nn.util.files import check_writable, write_whole
from mnist_nn.util.io_errors import describe_io_error, explain_io_errors

SUFFIX = ".settings.json"
_PROGRAM, _MODEL = "mnist-nn", "model_sha256"
ANOTHER = "choose another file for the table"
_HASH_DIGITS_SHOWN = 12  # enough to tell two models apart

Settings = Mapping[str, Any]


def collect_settings(model: Path | None, **options: Any) -> Settings:
    """Collect everything that affects the results: this program, the bytes of the model file, and options by name."""
    content = model.read_bytes() if model else reader_model_bytes()
    return {_PROGRAM: version("mnist-nn"), _MODEL: hashlib.sha256(content).hexdigest(), **options}


def settings_path(table: Path) -> Path:
    """Return the path of the settings that belong to a table.

    Examples
    --------
    >>> print(settings_path(Path("out.csv")))
    out.csv.settings.json
    """
    return Path(f"{table}{SUFFIX}")


def check_settings_path(table: Path) -> None:
    """Raise the errors that `save_settings` would raise later, once the table is open."""
    if is_device(table):
        return
    with explain_io_errors(ConfigError, "write", settings_path(table), ANOTHER):
        check_writable(settings_path(table))


def save_settings(table: Path, now: Settings) -> None:
    """Save the settings of a new table, unless it is not a file, like /dev/stdout, and can never be continued."""
    if is_device(table):
        return
    content = json.dumps(now, indent=1).encode() + b"\n"
    with explain_io_errors(ConfigError, "write", settings_path(table), ANOTHER):
        write_whole(settings_path(table), content)


def is_device(table: Path) -> bool:
    """Say whether a table goes to a device or a pipe, which has no place beside it for other files.

    Examples
    --------
    >>> is_device(Path("/dev/stdout")), is_device(Path("no/such.csv"))  # it looks like a file where it leads to one
    (True, False)
    """
    return table.absolute().parts[1:2] in (("dev",), ("proc",)) or (table.exists() and not table.is_file())


def load_settings(table: Path) -> Settings | None:
    """Load the settings of a table; None if there are none."""
    path = settings_path(table)
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(describe_io_error("read", path, error, ANOTHER)) from error
    except ValueError:
        found = None
    if not isinstance(found, dict) or _PROGRAM not in found:
        raise ConfigError(
            f"{str(path)!r} does not contain the settings of a table; move it away, or replace it with --force"
        )
    return found


def describe_differences(before: Settings, now: Settings) -> str:
    r"""Say which settings differ; empty if none do.

    Examples
    --------
    >>> describe_differences({"length": 4, "checksum": "none"}, {"length": None, "checksum": "none"})
    '--length 4 (now not given)'
    >>> print(describe_differences({"checksum": "\n"}, {"checksum": "none"}))
    --checksum \n (now none)
    >>> describe_differences({"l2": "0.1"}, {})
    '--l2 0.1 (now not given)'
    """
    names = [name for name in {**now, **before} if before.get(name) != now.get(name)]
    return ", ".join(
        f"{_label(name)} {_value(name, before.get(name))} (now {_value(name, now.get(name))})" for name in names
    )


def _label(name: str) -> str:
    labels = {_PROGRAM: "mnist-nn", _MODEL: "the model with SHA-256"}
    return labels.get(name, f"--{name.replace('_', '-')}")


def _value(name: str, value: Any) -> str:
    if value is None or value is True:
        return "given" if value else "not given"
    return shorten(value, _HASH_DIGITS_SHOWN if name == _MODEL else LONGEST_QUOTE)
