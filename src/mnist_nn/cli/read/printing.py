"""The output of ``mnist-nn read``: one line per number for people, or one JSON array for programs.

Each printer is a context manager that yields a function to call with every `PageResult`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mnist_nn.cli.common.terminal import say
from mnist_nn.cli.read.files import Sink
from mnist_nn.reading.pages import PageResult

if TYPE_CHECKING:
    from mnist_nn.reading.results import Digit, Number


@contextmanager
def print_lines(*, named: bool) -> Iterator[Sink]:
    """Print one line per number: the file if ``named``, the page number from the second page on, and `describe_number`.

    The line also says if the page had to be turned.
    """
    from mnist_nn.reading.results import NOTHING

    def show(result: PageResult) -> None:
        if result.reading is None:
            return
        places = [_in_one_line(result.file)] * named + [f"page {result.page}"] * (result.page > 1)
        places += [f"turned by {result.reading.turned}°"] * (result.reading.turned > 0)
        name = f"{', '.join(places)}  " if places else ""
        for number in result.reading.numbers:
            say(f"{name}{describe_number(number)}")
        if not result.reading.numbers:
            say(f"{name}{NOTHING}")

    yield show


def describe_number(number: "Number") -> str:
    """Describe a number in one line: ? marks doubtful digits, and # stands for anything that is not a digit."""
    from mnist_nn.reading.results import DIGIT, DOUBTFUL, percent

    marks = {DIGIT: "{}", DOUBTFUL: "{}?"}
    marked = "".join(marks.get(digit.decision, "#").format(digit.text) for digit in number.digits)
    reasons = [number.reason, *(_describe_digit(digit, len(number.digits)) for digit in number.digits)]
    why = "; ".join(filter(None, reasons))
    note = f" ({number.note})" if number.note else ""
    return f"{marked:<10}  {percent(number.confidence):>6}  {number.decision}{': ' * bool(why)}{why}{note}"


def _describe_digit(digit: "Digit", digits: int) -> str:
    """Say why a digit is not accepted, and which digit it is if there are several."""
    return f"{digit.text}: {digit.reason}" if digit.reason and digits > 1 else digit.reason


def _in_one_line(name: str) -> str:
    """Escape a name so that it stays on one line."""
    return name if name.isprintable() else repr(name)


@contextmanager
def print_json() -> Iterator[Sink]:
    """Print one JSON array with an element per page, as pages are read; the array is always closed."""
    from mnist_nn.reading.document import page_document
    from mnist_nn.util.documents import as_json

    before = "\n"

    def show(result: PageResult) -> None:
        nonlocal before
        print(before + as_json(page_document(result), indent=None), end="", flush=True)
        before = ",\n"

    print("[", end="")
    try:
        yield show
    finally:
        print("\n]")
