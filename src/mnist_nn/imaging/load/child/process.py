"""One process that decodes files one by one, seen from the process that uses it.

It is started without `fork`, which is unsafe with threads, and without `multiprocessing`, which would run the user's
program again.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import suppress
from typing import IO, Any, Never

from mnist_nn.errors import ImageError, MissingExtraError, MnistNNError
from mnist_nn.imaging.load.child.budget import Budget
from mnist_nn.imaging.load.child.messages import Message, receive, receive_pixels, send, send_file
from mnist_nn.imaging.load.grey import Grey

_ERRORS: dict[str, type[MnistNNError]] = {kind.__name__: kind for kind in (ImageError, MissingExtraError)}
# NumPy's threads and the arenas of malloc would reserve memory of the budget for nothing.
_SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
_LOG_BYTES = 2**16  # of what libraries print: what a pipe holds
_LINE_CHARACTERS = 200  # of the last line of it


class DecoderEnded(Exception):  # noqa: N818 - it is no error of the program
    """Raised if the process ended or was ended; the text is one line that says why."""


class Decoder:
    """A process that decodes.

    Raises
    ------
    OSError
        If no process can be started.
    """

    def __init__(self) -> None:
        self.files = 0
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
        self, task: str, file: IO[bytes], budget: Budget, arguments: dict[str, Any]
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
        self._read_log()  # what an earlier file left there
        try:
            send_file(self._channel, file.fileno())
            send(self._channel, {"task": task, "budget": budget, "arguments": arguments})
            while "end" not in (answer := self._receive(budget)):
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

    def _receive(self, budget: Budget) -> Message:
        self._channel.settimeout(budget.deadline)
        answer = receive(self._channel)
        if "error" in answer:
            raise _ERRORS[answer["kind"]](self._with_log(answer["error"]))
        return answer

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
