"""A process that reads one input after another within a budget, and what watches over it.

Pictures are decoded in processes of the program's own, whose budgets are its own too; the budget here is for all else.
"""

import logging
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from benchmarks.fuzz.targets import TARGETS, Read
from mnist_nn.errors import MnistNNError
from mnist_nn.imaging.load.child.budget import forbid_core_dumps

SECONDS = 2.0  # of processor time for one input
BYTES = 200_000_000  # of address space for one input
DEADLINE = 300.0  # seconds by the clock, on a machine that has much else to do; a decoder may take 10 of its own
LONGEST_LINE = 1500  # characters of a message, which may quote several values
STREAMS = (1, 2)  # standard output and standard error
READ, REFUSED, ENDED = "read", "refused", "ended"
DECODER_ENDS = ("seconds of processor time to decode", "million bytes of memory")


class Outcome(NamedTuple):
    """What became of an input: `READ`, `REFUSED`, `ENDED` where its decoder was, else the text of a finding."""

    kind: str
    seconds: float = 0.0
    """Processor time of the process that reads."""

    @property
    def is_finding(self) -> bool:
        """Whether it is what no input may lead to."""
        return self.kind not in {READ, REFUSED, ENDED}


def try_inputs(target: str, inputs: Iterator[bytes]) -> Iterator[tuple[bytes, Outcome]]:
    """Let a process read one input after another; one that an input ends gets a successor."""
    is_over = False
    while not is_over:
        with _start(target) as (process, channel):
            is_over = True
            for data in inputs:
                yield data, _ask(process, channel, data)
                if not process.is_alive():
                    is_over = False
                    break


@contextmanager
def _start(target: str) -> Iterator[tuple[multiprocessing.process.BaseProcess, Connection]]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(target, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.recv()  # it is ready
        yield process, ours
    finally:
        ours.close()
        process.join(DEADLINE)
        process.kill()
        process.join()


def _ask(process: multiprocessing.process.BaseProcess, channel: Connection, data: bytes) -> Outcome:
    channel.send_bytes(data)
    try:
        if channel.poll(DEADLINE):
            found: Outcome = channel.recv()
            return found
        process.kill()
        said = f"nothing comes of it for {DEADLINE:g} seconds"
    except EOFError:
        process.join()
        said = f"it ends the process with code {process.exitcode}"
        if process.exitcode == -signal.SIGPROF:
            said = f"it takes more than {SECONDS:g} seconds of processor time"
    process.join()
    return Outcome(said)


def _serve(target: str, channel: Connection) -> None:
    """Read what comes over a channel, until its other end is closed."""
    warnings.simplefilter("error")
    logging.getLogger().addHandler(logging.NullHandler())  # what is logged is for whoever asks for it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    forbid_core_dumps()
    with tempfile.TemporaryDirectory() as name, TARGETS[target].opened(Path(name)) as read, _keep_printed() as said:
        for start in TARGETS[target].starts:  # what is loaded, compiled or started for the first one is no input's
            try_input(read, start)
        if not TARGETS[target].runs_programs:
            _hold_to(BYTES)
        channel.send("ready")
        try:
            while True:
                channel.send(_watch(read, channel.recv_bytes(), said))
        except EOFError:
            return


@contextmanager
def _keep_printed() -> Iterator[Callable[[], str]]:
    """Collect what is printed; what is yielded returns what came since it was last called."""
    before = {stream: os.dup(stream) for stream in STREAMS}
    with tempfile.TemporaryFile() as file:
        for stream in STREAMS:
            os.dup2(file.fileno(), stream)

        def take() -> str:
            sys.stdout.flush()
            sys.stderr.flush()
            file.seek(0)
            found = file.read().decode(errors="replace")
            file.seek(0)
            file.truncate()
            return found

        try:
            yield take
        finally:
            for stream, kept in before.items():
                os.dup2(kept, stream)
                os.close(kept)


def _hold_to(more: int) -> None:
    """Let this process take so much more address space than it has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, hard))


def _watch(read: Read, data: bytes, said: Callable[[], str]) -> Outcome:
    begin = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    kind = try_input(read, data)
    signal.setitimer(signal.ITIMER_PROF, 0)
    noise = said()
    if noise and kind in {READ, REFUSED, ENDED}:
        kind = f"it was {kind}, and this was printed:\n{noise}"
    return Outcome(kind, time.process_time() - begin)


def try_input(read: Read, data: bytes) -> str:
    """Read an input, and say what became of it; what no input may lead to comes back as the text that describes it."""
    try:
        read(data)
    except MnistNNError as error:
        text = str(error)
        if not text.isprintable() or len(text) > LONGEST_LINE:
            return f"it is refused, and not in one short line: {text[:LONGEST_LINE]!r}"
        return ENDED if any(end in text for end in DECODER_ENDS) else REFUSED
    except BaseException:  # noqa: BLE001 - that is what is looked for
        return traceback.format_exc()
    return READ
