"""Keeps a copy of the model that a new one replaces, because it may hold hours of training."""

import logging
import os
import shutil
from pathlib import Path

from mnist_nn.errors import ModelFileError

_logger = logging.getLogger("mnist_nn")


def previous_path(path: Path) -> Path:
    """Return where the older model is kept; if ``path`` is a link, that is beside the file it points to.

    Examples
    --------
    >>> previous_path(Path("/tmp/digits.safetensors")).name
    'digits.previous.safetensors'
    """
    real = Path(os.path.realpath(path))
    return real.with_suffix(".previous" + real.suffix)


def keep_previous(path: Path) -> None:
    """Copy the model at a path before a new one replaces it, and log where the copy is.

    An unfinished model never replaces a copy of a finished one.

    Raises
    ------
    ModelFileError
        If it cannot be copied; an existing copy stays.
    """
    from mnist_nn.util.files import replace_file
    from mnist_nn.util.io_errors import explain_io_errors

    previous = previous_path(path)
    if not path.is_file() or (previous.exists() and not _is_finished(path)):
        return
    remedy = "make room on the disk, or choose another place with --model FILE"
    explained = explain_io_errors(ModelFileError, "copy the older model to", previous, remedy)
    with explained, path.open("rb") as old, replace_file(previous) as copy:
        shutil.copyfileobj(old, copy)
    _logger.info(
        "a copy of the older model is in %s", path.with_name(previous.name) if not path.is_symlink() else previous
    )


def _is_finished(path: Path) -> bool:
    """Say whether a file holds a model whose training was finished; only finished models have test scores."""
    from mnist_nn.model_file.storage import load

    try:
        return bool(load(path).scores)
    except ModelFileError:
        return False
