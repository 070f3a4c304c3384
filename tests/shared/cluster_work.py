"""Work for the workers of a cluster, which import it by the name of this module."""

import os
import signal
import subprocess
from collections.abc import Iterable
from contextlib import suppress

import psutil
from patience import wait_for


def repeat(letter: str, count: int) -> Iterable[str]:
    return [letter * n for n in range(count)]


def fail(_setup: str, block: int) -> Iterable[str]:
    raise ValueError(f"block {block} is wrong")


def end_the_worker(_setup: str, _block: int) -> Iterable[str]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def list_workers(program: "subprocess.Popen[str]") -> list[psutil.Process]:
    """List the processes of the workers that a program has started with --cluster local:N."""
    workers = []
    for child in psutil.Process(program.pid).children():
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if "--multiprocessing-fork" in child.cmdline():
                workers.append(child)
    return workers


def disturb(program: "subprocess.Popen[str]") -> None:
    """Kill one of three workers and stop another, until Dask has replaced the first; then let the other go on."""
    killed, stopped, _ = list_workers(program)
    killed.kill()
    stopped.suspend()
    wait_for(
        lambda: program.poll() is not None or len({one.pid for one in list_workers(program)} - {killed.pid}) == 3,
        "no worker took the place of the one that was killed",
    )
    stopped.resume()
