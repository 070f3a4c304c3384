"""What decoding a file may take: more for larger files and pages, and what is said of each end."""

import io
import signal
import sys
from pathlib import Path

import pytest

from mnist_nn.imaging.load.child.budget import DECODE_BYTES, FILE_BYTES, LEAST_DEADLINE, LONGEST_SECONDS, Budget
from mnist_nn.imaging.load.sources import PIXEL_LIMIT

BUDGET = Budget(2.0, 600_000_000)


@pytest.mark.parametrize("size", [0, 1, FILE_BYTES])
def test_a_file_of_up_to_16_megabytes_gets_what_is_stated(size: int) -> None:
    assert Budget.of_file(io.BytesIO(bytes(size)), PIXEL_LIMIT, 10.0) == (10.0, DECODE_BYTES)
    assert Budget.of_file(io.BytesIO(bytes(size)), 1, 3.0) == (3.0, DECODE_BYTES)


def test_a_larger_file_gets_more(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb+") as file:
        file.truncate(50 * FILE_BYTES)
        assert Budget.of_file(file, PIXEL_LIMIT, 10.0) == (500.0, DECODE_BYTES)
        assert Budget.of_file(file, PIXEL_LIMIT, 1e300).seconds == LONGEST_SECONDS


def test_a_raised_limit_of_pixels_raises_the_memory() -> None:
    assert Budget.of_file(io.BytesIO(), 3 * PIXEL_LIMIT, 10.0).memory == 3 * DECODE_BYTES
    assert Budget.of_file(io.BytesIO(), 10**30, 10.0).memory == sys.maxsize


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (signal.SIGPROF, "takes more than 2 seconds of processor time to decode; make it simpler, or raise the limit"),
        (signal.SIGXCPU, "with --decode-seconds"),
        (signal.SIGABRT, "or needs more than 600 million bytes of memory: its decoder was ended by SIGABRT"),
        (signal.SIGSEGV, "SIGSEGV; get a fresh copy, make it smaller"),
    ],
)
def test_each_end_names_the_file_and_the_limit(number: int, says: str) -> None:
    said = BUDGET.describe_end("'a.pdf'", number)
    assert said.startswith("'a.pdf' ")
    assert says in said


def test_what_waits_for_nothing_is_ended_too() -> None:
    assert BUDGET.deadline > 30 * BUDGET.seconds
    assert Budget(0.001, 1).deadline == LEAST_DEADLINE
    assert "'a.pdf' was not decoded within 720 seconds" in BUDGET.describe_stuck("'a.pdf'")
