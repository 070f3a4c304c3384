"""Files that a command writes beside a model: never over what is there unless told, never half."""

from pathlib import Path

from mnist_nn.errors import ConfigError
from mnist_nn.util.files import check_writable, replacing


def check_name(target: Path, suffix: str, what: str) -> None:
    """Refuse a name that would hide what is in the file."""
    if target.suffix.lower() != suffix:
        raise ConfigError(f"{str(target)!r} does not end in {suffix}, by which {what} known; give such a name")


def check(target: Path, *sources: Path | None, force: bool) -> None:
    """Refuse before the work what could not be written after it, or would take the place of a source."""
    for source in sources:
        if source and target.exists() and source.exists() and target.samefile(source):
            what = "the model itself" if source is sources[0] else "what the command reads"
            raise ConfigError(f"{str(target)!r} is {what}; choose another place with --output FILE")
    if target.exists() and not force:
        raise ConfigError(f"{str(target)!r} is there already; replace it with --force, or choose another --output FILE")
    try:
        check_writable(target)
    except (OSError, ValueError) as error:
        raise _cannot_write(target, error) from error


def write(target: Path, content: bytes) -> None:
    """Write the file whole, or raise ConfigError and leave what was there."""
    try:
        with replacing(target) as file:
            file.write(content)
    except (OSError, ValueError) as error:
        raise _cannot_write(target, error) from error


def _cannot_write(target: Path, error: Exception) -> ConfigError:
    reason = getattr(error, "strerror", None) or str(error)
    return ConfigError(f"cannot write {str(target)!r}: {reason}; choose another place with --output FILE")
