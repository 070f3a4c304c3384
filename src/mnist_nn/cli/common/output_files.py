"""Files that a command writes: never over an existing file unless told to, and never only half."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mnist_nn.errors import ConfigError
from mnist_nn.util.files import check_writable, is_there, write_whole
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off

ELSEWHERE = "choose another place with --output FILE"


def check_suffix(target: Path, suffix: str, what: str) -> None:
    """Reject a name whose suffix does not fit the content; ``what`` names such files, in the plural."""
    if target.suffix.lower() != suffix:
        raise ConfigError(f"{str(target)!r} does not end in {suffix}, the suffix of {what}; choose a name that does")


def check_target(target: Path, *sources: Path | None, force: bool) -> None:
    """Before the work begins, reject a file that could not be written afterwards or would replace a source."""
    for source in sources:
        if source and is_there(target) and is_there(source) and target.samefile(source):
            what = "the model itself" if source is sources[0] else "a file that the command reads"
            raise ConfigError(f"{str(target)!r} is {what}; choose another place with --output FILE")
    if is_there(target) and not force:
        raise ConfigError(
            f"{str(target)!r} already exists; replace it with --force, or choose another place with --output FILE"
        )
    with explain_io_errors(ConfigError, "write", target, ELSEWHERE):
        check_writable(target)


@contextmanager
def keep_target(target: Path, *sources: Path | None, force: bool) -> Iterator[None]:
    """Check a file as `check_target` does, and let no other process write it until the block ends."""
    check_target(target, *sources, force=force)
    with keep_others_off(target, ELSEWHERE):
        check_target(target, *sources, force=force)  # another process may just have been done with it
        yield


def write_file(target: Path, content: bytes) -> None:
    """Write the whole file, or raise ConfigError and leave the existing file unchanged."""
    with explain_io_errors(ConfigError, "write", target, ELSEWHERE):
        write_whole(target, content)
