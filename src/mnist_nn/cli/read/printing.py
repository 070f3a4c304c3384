"""What ``mnist-nn read`` prints of each page: one line per number for people, or one JSON array for programs.

Each is a context manager that gives a function to call with every `PageResult`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mnist_nn.cli.read.files import Sink
from mnist_nn.reading.pages import PageResult

if TYPE_CHECKING:
    from mnist_nn.reading.results import Digit, Number


@contextmanager
def print_lines(*, named: bool) -> Iterator[Sink]:
    """Print one line per number: the file if ``named``, the page from the second on, and `describe_number`."""
    from mnist_nn.reading.results import NOTHING

    def show(result: PageResult) -> None:
        if result.reading is None:
            return
        places = [_in_one_line(result.file)] * named + [f"page {result.page}"] * (result.page > 1)
        name = f"{', '.join(places)}  " if places else ""
        for number in result.reading.numbers:
            print(f"{name}{describe_number(number)}")
        if not result.reading.numbers:
            print(f"{name}{NOTHING}")

    yield show


def describe_number(number: "Number") -> str:
    """Write a number in one line: doubtful digits have a question mark, and a # stands for what is no digit."""
    from mnist_nn.reading.results import DIGIT, DOUBTFUL, percent

    marks = {DIGIT: "{}", DOUBTFUL: "{}?"}
    marked = "".join(marks.get(digit.decision, "#").format(digit.text) for digit in number.digits)
    reasons = [number.reason, *(_describe_digit(digit, len(number.digits)) for digit in number.digits)]
    why = "; ".join(filter(None, reasons))
    return f"{marked:<10}  {percent(number.confidence):>6}  {number.decision}{': ' * bool(why)}{why}"


def _describe_digit(digit: "Digit", digits: int) -> str:
    """Say what is against a digit, and which one it is if there are several."""
    return f"{digit.text}: {digit.reason}" if digit.reason and digits > 1 else digit.reason


def _in_one_line(name: str) -> str:
    """Write a name so that it stays on its line."""
    return name if name.isprintable() else repr(name)


@contextmanager
def print_json() -> Iterator[Sink]:
    """Print one JSON array with an element per page, as pages are read; it is closed whatever happens."""
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
