"""Finds out how much memory is available to this process, and raises an error if something needs more."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mnist_nn.errors import ConfigError

SMALL = 2**28
"""Below this many bytes no check is made, because every machine has that much."""
GROUPS = Path("/sys/fs/cgroup")
SHARE = 0.8
"""The share of the available memory that may be used. The rest is for the data, for other programs, and because the
need is an estimate. A machine without free memory ends programs or stops responding."""
OWN_GROUP = Path("/proc/self/cgroup")


def check_available(needed: int, what: str, remedy: str) -> None:
    """Raise an error if something needs more than four fifths of the memory that is available.

    Raises
    ------
    ConfigError
        With both numbers, and how to fix it.

    Examples
    --------
    >>> check_available(2**60, "a network of 10¹⁷ weights", "lower hidden")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mnist_nn.errors.ConfigError: a network of 10¹⁷ weights takes about 1152921504.6 GB of memory, but only ...
    """
    if needed < SMALL:
        return
    available = available_bytes()
    if needed > SHARE * available:
        raise ConfigError(
            f"{what} takes about {needed / 1e9:.1f} GB of memory, but only "
            f"{available / 1e9:.1f} GB are available, of which a fifth is kept free; {remedy}"
        )


def available_bytes() -> int:
    """Return how many bytes are available to this process: what the machine has, or less if there is a limit.

    The limits are those of the process (``ulimit -v``) and, on Linux, of its control group, which containers and batch
    systems set.

    Examples
    --------
    >>> available_bytes() > 0
    True
    """
    import psutil  # noqa: PLC0415 only large networks need it

    return max(0, int(min([psutil.virtual_memory().available, *_left_to_process(), *left_to_group()])))


def _left_to_process() -> Iterator[int]:
    import psutil  # noqa: PLC0415 likewise

    with suppress(ImportError):  # Windows has no such limits
        import resource  # noqa: PLC0415

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            yield limit - psutil.Process().memory_info().vms


def left_to_group(groups: Path = GROUPS, own: Path = OWN_GROUP) -> Iterator[int]:
    """Yield the free bytes of the process's control group (version 2) and its parents; cached files count as free."""
    with suppress(OSError):
        name = own.read_text(encoding="ascii").rpartition("0::")[2].strip()
        group = groups / name.lstrip("/")
        for folder in (group, *group.parents):
            if not folder.is_relative_to(groups):
                return
            with suppress(OSError, ValueError):  # the topmost has no limit, and "max" is none
                limit = int((folder / "memory.max").read_text(encoding="ascii"))
                yield limit - int((folder / "memory.current").read_text(encoding="ascii")) + _droppable(folder)


def _droppable(folder: Path) -> int:
    """Return the bytes of cached files, which the system may drop."""
    rows = (row.split() for row in (folder / "memory.stat").read_text(encoding="ascii").splitlines())
    return next(int(number) for name, number in rows if name == "inactive_file")
