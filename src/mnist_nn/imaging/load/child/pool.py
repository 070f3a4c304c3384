"""The decoding processes: started when needed, kept for the next file, and replaced if they end because of a file.

Any thread may use the pool; threads that use it at once get a process each. On Windows, which has neither these limits
nor sockets that transfer open files, a file is decoded in the same process.
"""

import atexit
import os
import sys
from collections.abc import Generator
from contextlib import suppress
from threading import Lock
from typing import IO, Any
from weakref import WeakSet

from mnist_nn.errors import ImageError, MnistNNError
from mnist_nn.imaging.load.child.budget import Budget
from mnist_nn.imaging.load.child.process import Decoder, DecoderEnded, Patience
from mnist_nn.imaging.load.grey import Grey
from mnist_nn.util.io_errors import reason_of

KEPT = 4  # processes that wait for the next file; each takes some 40 MB
FILES_EACH = 500  # that a process decodes before another takes its place, so that nothing files leave there adds up


class Pool:
    """Processes that decode.

    Parameters
    ----------
    patience
        The action while a file takes long; None to wait for it.

    Examples
    --------
    >>> import tempfile
    >>> pool, budget = Pool(), Budget(10.0, 600_000_000)
    >>> with tempfile.TemporaryFile() as file:
    ...     _ = file.write(b"P2 3 1 255  0 128 255"), file.flush()
    ...     arguments = {"name": "a.pgm", "pixel_limit": 9, "page_limit": 1}
    ...     [page.tolist() for page in pool.decode("pages", file, budget, arguments)]
    [[[0, 128, 255]]]
    >>> pool.close()
    """

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience
        self._lock = Lock()
        self._is_closed = False
        self._idle: list[Decoder] = []
        self._busy: set[Decoder] = set()
        _POOLS.add(self)

    def decode(
        self, task: str, file: IO[bytes], budget: Budget, arguments: dict[str, Any]
    ) -> Generator[Grey | ImageError]:
        """Decode the pages of a file one by one, as `Decoder.decode` does.

        Yields
        ------
        The page, or the error in its place; if the file exceeds its budget, that is the last error.

        Raises
        ------
        ImageError, MissingExtraError
            If something is wrong with the file as a whole.
        """
        if sys.platform == "win32":
            from mnist_nn.imaging.load.child.worker import TASKS  # noqa: PLC0415 - else only the other process has it

            yield from TASKS[task](file, **arguments)
            return
        decoder, is_sound = self._take(arguments["name"]), False
        try:
            yield from decoder.decode(task, file, budget, arguments, self._patience)
            is_sound = True
        except (GeneratorExit, MnistNNError):
            is_sound = True
            raise
        except DecoderEnded as ended:
            yield ImageError("reading was stopped" if self._is_closed else str(ended))
        finally:
            self._put_back(decoder, is_sound=is_sound)

    def warm_up(self) -> None:
        """Start a process for the first file in the background, if there is none yet."""
        if sys.platform != "win32" and not self._idle:
            with suppress(OSError):  # the first file will say so
                self._idle.append(Decoder())

    def close(self) -> None:
        """End all processes; callers that wait for one get an error."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
            for decoder in self._busy:
                decoder.interrupt()
        for decoder in idle:
            decoder.end()

    def forget(self) -> None:
        """Start afresh in a forked process, because the decoders belong to its parent."""
        for decoder in (*self._idle, *self._busy):
            decoder.forget()
        self._lock, self._idle, self._busy = Lock(), [], set()

    def _take(self, name: str) -> Decoder:
        with self._lock:
            if self._is_closed:
                raise ImageError("reading was stopped")
            decoder = self._idle.pop() if self._idle else _start(name)
            if not decoder.is_alive:  # while it waited, somebody ended it
                decoder.end()
                decoder = _start(name)
            self._busy.add(decoder)
            return decoder

    def _put_back(self, decoder: Decoder, *, is_sound: bool) -> None:
        with self._lock:
            ours = decoder in self._busy
            self._busy.discard(decoder)
            is_sound = is_sound and not decoder.is_late and decoder.files < FILES_EACH
            if ours and is_sound and not self._is_closed and len(self._idle) < KEPT:
                self._idle.append(decoder)
                return
        decoder.end()


def _start(name: str) -> Decoder:
    try:
        return Decoder()
    except OSError as error:
        raise ImageError(
            f"{name} cannot be decoded because no process can be started for it: {reason_of(error)}; close "
            "other programs, or allow more processes"
        ) from error


_POOLS: "WeakSet[Pool]" = WeakSet()


def _for_each_pool(act: Any) -> None:
    for pool in list(_POOLS):
        act(pool)


atexit.register(_for_each_pool, Pool.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _for_each_pool(Pool.forget))

POOL = Pool()  # of all that reads pictures in this process and has no pool of its own
