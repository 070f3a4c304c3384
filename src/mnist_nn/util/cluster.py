"""Computes blocks of work on the workers of a Dask cluster, and returns the results in the order of the blocks.

Dask decides who computes what, moves the data, and computes again what a dead worker had not finished. So a block must
give the same result whenever and wherever it is computed. Nothing is printed here, and the work is not known.
"""

import json
import logging
import platform
import re
import time
import uuid
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from mnist_nn.errors import ClusterError, ConfigError, MissingExtraError, quote, shorten
from mnist_nn.util.io_errors import explain_io_errors

Setup = TypeVar("Setup")
Block = TypeVar("Block")
Result = TypeVar("Result")
Work = Callable[[Setup, Block], Iterable[Result]]
Versions = tuple[tuple[str, str], ...]

FORMS = "local:N for N processes of this machine, an address such as tcp://10.0.0.5:8786, or a scheduler file"
ADDRESS = re.compile(r"(tcp|tls|ws|wss)://.+:[0-9]+/?")
BLOCKS_PER_THREAD = 3  # at most, that are not yielded yet; this limits the memory
SECONDS_TO_CONNECT = 10
SECONDS_BETWEEN_LOOKS = 0.01  # at a block that is being computed
IGNORE_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""What a worker on this machine does first: a terminal sends Ctrl-C to all processes, and only the command answers."""
PACKAGES = ("mnist-nn", "distributed", "numpy", "scipy", "pillow", "llvmlite", "pypdfium2", "pyarrow")
"""What decides about results, or about whether they can be sent; all machines need the same versions."""


@dataclass(frozen=True)
class Cluster:
    """A connection to a cluster of Dask.

    ``client`` is Dask's, ``address`` is that of the scheduler, and ``dashboard`` is the link to the page on which it
    shows its work.
    """

    client: Any
    address: str
    dashboard: str

    def map_blocks(
        self,
        work: Work[Setup, Block, Result],
        setup: Setup,
        blocks: Iterable[Block],
        stop: Callable[[], bool] = lambda: False,
    ) -> Generator[tuple[Block, list[Result]]]:
        """Compute blocks on the workers, and yield each with what ``work(setup, block)`` gives, in their order.

        Only a few blocks are computed at a time, and ``blocks`` is read as they are needed. Unfinished blocks are
        cancelled if the generator is closed, or if ``stop``, which is called while it waits, returns True. ``work``
        must be a function of a module, because it is sent by its name.

        Raises
        ------
        ClusterError
            If the connection is lost, a block ends every worker that begins it, or a worker has other packages than
            this machine. Errors of ``work`` are raised as they are.
        """
        name, run = work.__name__.strip("_").replace("_", "-"), uuid.uuid4().hex
        waiting: deque[tuple[Block, Any]] = deque()
        with self._giving_up(waiting):
            # A task and no scattered data, which would be lost with the last worker that holds it.
            shared = self._submit(_keep, setup, key=f"setup-{run}")
            for number, block in enumerate(blocks):
                key = f"{name}-{run}-{number}"
                waiting.append((block, self._submit(_compute, work, shared, block, list_versions(), key=key)))
                while len(waiting) >= BLOCKS_PER_THREAD * max(1, self.count_threads()):
                    if not self._wait(waiting[0][1], stop):
                        return
                    yield self._take(waiting)
            while waiting and self._wait(waiting[0][1], stop):
                yield self._take(waiting)

    def _submit(self, function: Callable[..., Any], *arguments: Any, key: str) -> Any:
        with self._explain_loss():
            return self.client.submit(function, *arguments, key=key, pure=False)

    def count_threads(self) -> int:
        """Count the threads of the workers that there are now."""
        with self._explain_loss():
            return sum(self.client.nthreads().values())

    def _wait(self, future: Any, stop: Callable[[], bool]) -> bool:
        """Wait until a future is done; return False if ``stop`` ended the wait before."""
        while not future.done():
            if stop():
                return False
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return True

    def _take(self, waiting: "deque[tuple[Block, Any]]") -> tuple[Block, list[Any]]:
        """Return the first block, which is done, with its results."""
        block, future = waiting[0]
        with self._explain_loss():
            error = future.exception()
            results: list[Any] = [] if error else future.result()
        if error:
            raise self._explain(error) from error
        waiting.popleft()
        return block, results

    @contextmanager
    def _giving_up(self, waiting: "deque[tuple[Any, Any]]") -> Iterator[None]:
        try:
            yield
        finally:
            if waiting:
                with suppress(Exception):  # the connection may be what failed
                    self.client.cancel([future for _, future in waiting], force=True)

    @contextmanager
    def _explain_loss(self) -> Iterator[None]:
        """Turn errors of the connection into one line."""
        try:
            yield
        except (OSError, RuntimeError, CancelledError) as error:
            raise self._lost() from error

    def _explain(self, error: BaseException) -> BaseException:
        """Say in one line what Dask reports in place of a result; errors of the work itself stay as they are."""
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 an extra

        if isinstance(error, CancelledError):
            return self._lost()
        if isinstance(error, KilledWorker):
            return ClusterError(
                f"{error.allowed_failures + 1} workers ended one after the other while they computed the same block, "
                f"the last one at {error.last_worker.address}; look into its log, or give workers more memory"
            )
        if isinstance(error, ModuleNotFoundError) and str(error.name).startswith("mnist_nn"):
            return ClusterError(
                "mnist-nn is missing on a machine of the cluster; install the same version on every one, the "
                "scheduler's too: pip install 'mnist-nn[cluster]'"
            )
        return error

    def _lost(self) -> ClusterError:
        return ClusterError(f"lost the connection to the scheduler at {self.address}; start it again if it has ended")


@contextmanager
def open_cluster(place: str) -> Iterator[Cluster]:
    """Connect to a cluster, or start one on this machine that ends with the block.

    Parameters
    ----------
    place
        ``local:N`` starts N processes that listen on this machine's loopback interface alone. An address such as
        ``tcp://10.0.0.5:8786``, or the path of a file that ``dask scheduler --scheduler-file`` wrote, is a cluster
        that is running. Encryption is set up as Dask's configuration says.

    Raises
    ------
    ConfigError
        If it is none of these.
    ClusterError
        If there is no scheduler at this address, or it cannot be talked to.
    MissingExtraError
        If Dask is not installed.
    """
    arguments = read_place(place)
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtraError(
            "--cluster needs Dask; install it on every machine with: pip install 'mnist-nn[cluster]'"
        ) from error
    with ExitStack() as opened, _quiet():
        with _explain_no_connection(place):
            if "n_workers" in arguments:
                arguments = {"address": opened.enter_context(LocalCluster(**arguments))}  # type: ignore[no-untyped-call]
            client = opened.enter_context(Client(**arguments, timeout=SECONDS_TO_CONNECT, set_as_default=False))  # type: ignore[no-untyped-call]
        yield Cluster(client, client.scheduler.address, client.dashboard_link)


def read_place(place: str) -> dict[str, Any]:
    """Read where a cluster is, and return the arguments for Dask's ``LocalCluster`` or ``Client``.

    Raises
    ------
    ConfigError
        If it is neither a number of processes nor an address nor a scheduler file.

    Examples
    --------
    >>> read_place("tcp://10.0.0.5:8786")
    {'address': 'tcp://10.0.0.5:8786'}
    >>> read_place("local:2")["n_workers"]
    2
    """
    kind, _, count = place.partition(":")
    if kind == "local":
        if not (count.isascii() and count.isdigit() and int(count)):
            raise ConfigError(f"the cluster is {quote(place)}; give the number of processes, as in local:4")
        # 127.0.0.1 and a free port, so that nobody else can reach scheduler, workers or dashboard
        return {
            "n_workers": int(count),
            "threads_per_worker": 1,
            "host": "127.0.0.1",
            "dashboard_address": "127.0.0.1:0",
            "silence_logs": logging.CRITICAL,
            "preload": [IGNORE_CTRL_C],
        }
    if ADDRESS.fullmatch(place):
        return {"address": place}
    if "://" in place or not place:
        raise ConfigError(f"the cluster is {quote(place)}; give {FORMS}")
    return {"scheduler_file": str(_check_scheduler_file(Path(place)))}


def _check_scheduler_file(path: Path) -> Path:
    """Check a scheduler file first, because Dask waits for one that is not there."""
    with explain_io_errors(ConfigError, "read", path, f"give {FORMS}"):
        content = path.read_bytes()
    try:
        found = json.loads(content)["address"]
    except (ValueError, KeyError, TypeError):
        found = None
    if not isinstance(found, str):
        raise ConfigError(f"{str(path)!r} is not a file that dask scheduler --scheduler-file wrote; give {FORMS}")
    return path


@cache
def list_versions() -> Versions:
    """List the versions that all machines of a cluster must have in common.

    Examples
    --------
    >>> dict(list_versions())["Python"].count(".")
    1
    """
    python = ".".join(platform.python_version_tuple()[:2])
    return ("Python", python), *((name, _find_version(name)) for name in PACKAGES)


def _find_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def describe_versions(here: Versions, theirs: Versions) -> str:
    """Say in which versions another machine differs; empty if it does not.

    Examples
    --------
    >>> describe_versions((("Python", "3.12"), ("numpy", "2.3.0")), (("Python", "3.12"), ("numpy", "2.0.1")))
    'numpy 2.0.1 (here 2.3.0)'
    """
    known = dict(theirs)
    return ", ".join(
        f"{name} {known.get(name, 'none')} (here {wanted})" for name, wanted in here if known.get(name) != wanted
    )


def name_worker() -> str:
    """Return the address of the worker that computes this; what it says is for an error."""
    from distributed import get_worker  # noqa: PLC0415 an extra

    return str(get_worker().address)


def _keep(setup: Setup) -> Setup:
    return setup


def _compute(work: Work[Setup, Block, Result], setup: Setup, block: Block, versions: Versions) -> list[Result]:
    """Compute a block; a worker calls this."""
    _log_nothing()
    if others := describe_versions(versions, list_versions()):
        raise ClusterError(
            f"the worker at {name_worker()} has {others}; install the same versions on every machine, so that results "
            "do not depend on who computes them"
        )
    return list(work(setup, block))


@cache
def _log_nothing() -> None:
    """Leave warnings, such as about a model, to the process that asked."""
    logging.getLogger("mnist_nn").setLevel(logging.ERROR)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own lines and warnings off the terminal; what they mean comes as an error."""
    logger = logging.getLogger("distributed")
    before, logger.level = logger.level, logging.CRITICAL
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"distributed\b.*|asyncio\b.*|tornado\b.*")
        try:
            yield
        finally:
            logger.level = before


@contextmanager
def _explain_no_connection(place: str) -> Iterator[None]:
    """Turn whatever prevents a connection into one line."""
    try:
        yield
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ClusterError(
            f"cannot use the cluster at {place}: {shorten(' '.join(str(error).split()))}; check that the scheduler is "
            "running and can be reached, and that encryption is set up the same for all"
        ) from error
