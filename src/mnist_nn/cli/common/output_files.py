"""Files that a command writes beside a model: never over one that is there unless told to, and never half."""

from pathlib import Path

from mnist_nn.errors import ConfigError
from mnist_nn.util.files import check_writable, replace_file
from mnist_nn.util.io_errors import explain_io_errors

ELSEWHERE = "choose another place with --output FILE"


def check_suffix(target: Path, suffix: str, what: str) -> None:
    """Refuse a name that would hide what is in the file: ``what`` names such files, in the plural."""
    if target.suffix.lower() != suffix:
        raise ConfigError(f"{str(target)!r} does not end in {suffix}, by which {what} are known; give such a name")


def check_target(target: Path, *sources: Path | None, force: bool) -> None:
    """Refuse, before the work, a file that could not be written after it or would replace a source."""
    for source in sources:
        if source and target.exists() and source.exists() and target.samefile(source):
            what = "the model itself" if source is sources[0] else "what the command reads"
            raise ConfigError(f"{str(target)!r} is {what}; choose another place with --output FILE")
    if target.exists() and not force:
        raise ConfigError(f"{str(target)!r} is there already; replace it with --force, or choose another --output FILE")
    with explain_io_errors(ConfigError, "write", target, ELSEWHERE):
        check_writable(target)


def write_file(target: Path, content: bytes) -> None:
    """Write the file whole, or raise ConfigError and leave what was there."""
    with explain_io_errors(ConfigError, "write", target, ELSEWHERE), replace_file(target) as file:
        file.write(content)
