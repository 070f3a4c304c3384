"""The older model that a new one takes the place of: copied beside it, because it may hold hours of learning."""

import os
import shutil
from pathlib import Path

from mnist_nn.errors import ModelFileError


def previous_path(path: Path) -> Path:
    """Return where the older model is kept: beside the file itself, if ``path`` is a link.

    Examples
    --------
    >>> previous_path(Path("/tmp/digits.safetensors")).name
    'digits.previous.safetensors'
    """
    real = Path(os.path.realpath(path))
    return real.with_suffix(".previous" + real.suffix)


def keep_previous(path: Path) -> None:
    """Copy the model at a path before a new one replaces it; an unfinished one never replaces a finished copy.

    Raises
    ------
    ModelFileError
        If it cannot be copied; what was there stays.
    """
    from mnist_nn.util.files import replace_file
    from mnist_nn.util.io_errors import explain_io_errors

    previous = previous_path(path)
    if not path.is_file() or (previous.exists() and not _is_finished(path)):
        return
    remedy = "make room, or choose another place with --model FILE"
    explained = explain_io_errors(ModelFileError, "keep the older model as", previous, remedy)
    with explained, path.open("rb") as old, replace_file(previous) as copy:
        shutil.copyfileobj(old, copy)


def _is_finished(path: Path) -> bool:
    """Say whether a file holds a model whose training was finished; only such a one has been tested."""
    from mnist_nn.model_file.storage import load

    try:
        return bool(load(path).scores)
    except ModelFileError:
        return False
