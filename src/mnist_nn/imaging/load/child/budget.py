"""The limits for decoding a file, how they are enforced, and the errors when a process is ended.

`mnist_nn.imaging.load.decode` checks the sizes that a header claims, before decoding.
"""

import os
import signal
import sys
from typing import IO, NamedTuple

from mnist_nn.imaging.load.sources import PIXEL_LIMIT

DECODE_SECONDS = 10.0  # of processor time: ten times what the slowest photos of phones take
DECODE_BYTES = 600_000_000  # of address space, the 126 million of the process itself included
FILE_BYTES = 2**24  # that may take DECODE_SECONDS; a larger file gets more in proportion
LONGEST_SECONDS = 86_400.0  # a day
CLOCK_PER_PROCESSOR = 360  # a process that takes so many times its seconds is stuck, however busy the machine is
LEAST_DEADLINE = 600.0  # seconds by the clock, also where the others are few


class Budget(NamedTuple):
    """The limits for decoding one file."""

    seconds: float
    """Seconds of processor time, user and system."""
    memory: int
    """Bytes of address space for the whole process."""

    @classmethod
    def of_file(cls, file: IO[bytes], pixel_limit: int, seconds: float) -> "Budget":
        """Compute the budget for a file: seconds in proportion to its size, memory in proportion to the pixels allowed.

        Examples
        --------
        >>> import io
        >>> Budget.of_file(io.BytesIO(bytes(100)), PIXEL_LIMIT, 10.0)
        Budget(seconds=10.0, memory=600000000)
        >>> Budget.of_file(io.BytesIO(bytes(2 * FILE_BYTES)), 2 * PIXEL_LIMIT, 10.0)
        Budget(seconds=20.0, memory=1200000000)
        """
        size = file.seek(0, os.SEEK_END)
        memory = DECODE_BYTES * max(pixel_limit, PIXEL_LIMIT) // PIXEL_LIMIT
        return cls(min(seconds * max(1.0, size / FILE_BYTES), LONGEST_SECONDS), min(memory, sys.maxsize))

    @property
    def deadline(self) -> float:
        """Seconds of real time after which a decoding process counts as stuck."""
        return max(LEAST_DEADLINE, CLOCK_PER_PROCESSOR * self.seconds)

    def describe_memory(self, name: str) -> str:
        """Say in one line that decoding a file needs more memory."""
        return (
            f"{name} needs more than {self.memory / 1e6:,.0f} million bytes of memory to decode; make "
            "it smaller, or raise the limit, which grows with --pixel-limit"
        )

    def describe_end(self, name: str, number: int) -> str:
        """Say in one line that decoding a file ended its process, by the number of the signal.

        Examples
        --------
        >>> Budget(10.0, 10**9).describe_end("'a.pdf'", signal.SIGPROF)
        "'a.pdf' takes more than 10 seconds of processor time to decode; make it simpler, or raise the limit ..."
        """
        if number in {signal.SIGPROF, signal.SIGXCPU}:
            return (
                f"{name} takes more than {self.seconds:,.3g} seconds of processor time to decode; make it "
                "simpler, or raise the limit with --decode-seconds"
            )
        ended = signal.Signals(number).name
        return (
            f"{name} is damaged, or needs more than {self.memory / 1e6:,.0f} million bytes of memory: "
            f"its decoder was ended by {ended}; get a fresh copy, make it smaller, or raise the limit, "
            "which grows with --pixel-limit"
        )

    def describe_stuck(self, name: str) -> str:
        """Say in one line that a process was ended because it took too long."""
        return f"{name} was not decoded within {self.deadline:,.3g} seconds; try again, or make it simpler"


if sys.platform != "win32":
    import resource

    def hold_to(budget: Budget) -> None:
        """Limit this process to a budget from now on; exceeding it ends the process or raises a MemoryError.

        The time is limited by a timer, because RLIMIT_CPU only knows whole seconds and counts them from the start of
        the process.
        """
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        memory = budget.memory if hard == resource.RLIM_INFINITY else min(budget.memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
        signal.setitimer(signal.ITIMER_PROF, budget.seconds)

    def forbid_core_dumps() -> None:
        """Make sure that a crash of this process does not write a core dump to the disk."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
