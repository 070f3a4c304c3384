"""One process that decodes files one by one, seen from the process that uses it.

It is started without `fork`, which is unsafe with threads, and without `multiprocessing`, which would run the user's
program again.
"""

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import IO, Any, NamedTuple, Never

from mnist_nn.errors import ImageError, MissingExtraError, MnistNNError
from mnist_nn.imaging.load.child.budget import Budget
from mnist_nn.imaging.load.child.messages import Message, receive, receive_pixels, send, send_file
from mnist_nn.imaging.load.grey import Grey

_ERRORS: dict[str, type[MnistNNError]] = {kind.__name__: kind for kind in (ImageError, MissingExtraError)}
# NumPy's threads and the arenas of malloc would reserve memory of the budget for nothing.
_SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
_TICK = 0.1  # seconds between two looks at how long a file takes
_CLOCK_PER_PROCESSOR = 60  # a file takes long after so many times its processor time by the clock, even if it waits
_NICE = 5  # the lower priority of a process whose file takes long
_LOG_BYTES = 2**16  # of what libraries print: what a pipe holds
_LINE_CHARACTERS = 200  # of the last line of it


class DecoderEnded(Exception):  # noqa: N818 - it is no error of the program
    """Raised if the process ended by itself or was stopped; the text is one line that says why."""


class Patience(NamedTuple):
    """The action while a file takes long to decode."""

    seconds: float
    """Seconds of processor time for the whole file after which it counts as taking long."""
    aside: Callable[[], AbstractContextManager[None]]
    """A context manager that is entered while waiting for a page of such a file. If it raises an error, decoding is
    given up."""


class Decoder:
    """A process that decodes.

    Attributes
    ----------
    files
        How many files it has been given.
    is_late
        Whether one of them took so long that the process has a lower priority from then on.

    Raises
    ------
    OSError
        If no process can be started.
    """

    def __init__(self) -> None:
        self.files = 0
        self.is_late = False
        self._begin = 0.0, 0.0
        self._channel, theirs = socket.socketpair()
        ours, log = os.pipe()
        self._log = open(ours, "rb", buffering=0)  # noqa: PTH123, SIM115 - a descriptor; closed in the end
        os.set_blocking(ours, False)
        os.set_blocking(log, False)  # what does not fit is lost, and nobody waits
        try:
            self._process = _start(theirs, log)
        except BaseException:
            self._close()
            raise
        finally:
            theirs.close()
            os.close(log)

    @property
    def is_alive(self) -> bool:
        """Whether the process is running."""
        return self._process.poll() is None

    def decode(
        self,
        task: str,
        file: IO[bytes],
        budget: Budget,
        arguments: dict[str, Any],
        patience: Patience | None = None,
    ) -> Generator[Grey | ImageError]:
        """Decode a file page by page, each page when it is requested.

        Parameters
        ----------
        task, arguments
            One of `worker.TASKS`, and its arguments besides the file, including ``name``.
        file
            An open file with a descriptor, on the disk or in memory.
        budget
            The limits for this file.
        patience
            The action while it takes long; None to wait for it.

        Yields
        ------
        The page, or the error in its place.

        Raises
        ------
        ImageError, MissingExtraError
            The errors of the task.
        DecoderEnded
            If the process is gone, for example because the file exceeded its budget.
        """
        self.files += 1
        self._begin = self._measure() if patience else (0.0, 0.0)
        self._read_log()  # what an earlier file left there
        try:
            send_file(self._channel, file.fileno())
            send(self._channel, {"task": task, "budget": budget, "arguments": arguments})
            while "end" not in (answer := self._receive(budget, patience)):
                yield self._find(answer)
                send(self._channel, {"more": True})
        except GeneratorExit:
            with suppress(OSError):  # it is gone, or another's by now
                send(self._channel, {"more": False})
            raise
        except TimeoutError as error:
            raise DecoderEnded(budget.describe_stuck(arguments["name"])) from error
        except (EOFError, ConnectionError):
            self._explain_end(budget, arguments["name"])

    def end(self) -> None:
        """End the process, and wait until it is gone."""
        self.interrupt()
        self._process.wait()
        self._close()

    def interrupt(self) -> None:
        """End the process from any thread, whatever it is doing; a caller that waits for it gets a `DecoderEnded`."""
        self._process.kill()

    def forget(self) -> None:
        """Forget the process in a forked child, because it belongs to the parent."""
        self._process.returncode = 0
        self._close()

    def _receive(self, budget: Budget, patience: Patience | None) -> Message:
        is_quick = patience is None or self._answers_within(patience.seconds)
        self._channel.settimeout(budget.deadline)
        with nullcontext() if is_quick or patience is None else patience.aside():
            answer = receive(self._channel)
        if "error" in answer:
            raise _ERRORS[answer["kind"]](self._with_log(answer["error"]))
        return answer

    def _answers_within(self, seconds: float) -> bool:
        """Wait for an answer; return False, and lower the priority, once the file has taken so many seconds."""
        waiting = select.poll()
        waiting.register(self._channel, select.POLLIN)
        while not waiting.poll(1000 * _TICK):
            clock, used = (now - then for now, then in zip(self._measure(), self._begin, strict=True))
            if used > seconds or clock > _CLOCK_PER_PROCESSOR * seconds:
                self.is_late = True
                with suppress(OSError):  # it has just ended
                    os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICE)
                return False
        return True

    def _measure(self) -> tuple[float, float]:
        """Return the time by the clock and the processor time of the process, in seconds."""
        import psutil  # noqa: PLC0415 only a server needs it

        try:
            used = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:  # it has ended, which whoever waits for it will see
            return time.monotonic(), 0.0
        return time.monotonic(), used.user + used.system

    def _find(self, answer: Message) -> Grey | ImageError:
        if "fault" in answer:
            return ImageError(self._with_log(answer["fault"]))
        return receive_pixels(self._channel, answer["shape"])

    def _explain_end(self, budget: Budget, name: str) -> Never:
        code = self._process.wait()
        if code < 0:
            raise DecoderEnded(budget.describe_end(name, -code))
        raise RuntimeError(
            f"the process that decodes {name} ended unexpectedly: {self._read_log() or 'it gave no reason'}"
        )

    def _with_log(self, text: str) -> str:
        line = self._read_log()
        return f"{text} (the decoder: {line})" if line else text

    def _read_log(self) -> str:
        """Return the last line that libraries have printed."""
        lines = (self._log.read(_LOG_BYTES) or b"").decode(errors="replace").splitlines()
        return "".join(c if c.isprintable() else " " for c in lines[-1])[:_LINE_CHARACTERS] if lines else ""

    def _close(self) -> None:
        self._channel.close()
        self._log.close()


def _start(channel: socket.socket, log: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "mnist_nn.imaging.load.child.worker"],
        stdin=channel.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=log,
        env={**os.environ, **_SETTINGS, "PYTHONPATH": os.pathsep.join(sys.path)},
        process_group=0,  # so that Ctrl-C is for this process alone
    )
