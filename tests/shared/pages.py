"""The examples on a page of the documentation, run in their order and compared with what the page shows.

Commands are in blocks of ``console`` and lines for Python's prompt in blocks of ``pycon``, each with what it prints
below it. Blocks of other kinds are not run.
"""

import doctest
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

BLOCK = re.compile(r"^```(console|pycon)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+\.\d+(?:e[-+]\d+)?|\d+(?= %)")
DURATION = re.compile(r"[\d.]+ (?=s\b)")
TOLERANCE = 0.05
"""The share by which numbers with a decimal point may differ from those shown: processors round differently, and
training magnifies that. Whole percentages may differ by five, durations at will, and everything else not at all."""
WHOLE_TOLERANCE = 5  # percentage points


class PageError(AssertionError):
    """A page shows something other than what happens."""


def run_page(page: Path, folder: Path) -> int:
    """Run the examples of a page in a folder; return how many there were."""
    names: dict[str, object] = {}
    count = 0
    for kind, text in BLOCK.findall(page.read_text("utf-8")):
        if kind == "pycon":
            count += _run_python(text, names, page.name)
        else:
            for command, shown in split_commands(text):
                compare(command, shown, _run_command(command, folder))
                count += 1
    return count


def split_commands(text: str) -> Iterator[tuple[str, str]]:
    """Divide a block into its commands, each with what is shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def compare(command: str, shown: str, printed: str) -> None:
    """Raise a PageError unless this was printed.

    A line of three dots stands for any number of lines, and three dots in a line stand for anything.
    """
    lines = [line.rstrip() for line in printed.splitlines()]
    start, free = 0, False
    for line in (line.rstrip() for line in shown.splitlines()):
        if line == "...":
            free = True
            continue
        places = range(start, len(lines)) if free else range(start, min(start + 1, len(lines)))
        place = next((place for place in places if is_alike(line, lines[place])), None)
        if place is None:
            raise PageError(f"{command}\nshows\n  {line}\nbut prints\n{printed}")
        start, free = place + 1, False
    if start < len(lines) and not free:
        raise PageError(f"{command}\nalso prints\n{printed}")


def is_alike(shown: str, printed: str) -> bool:
    """Whether a line is as shown, except for durations and for the last digits of numbers.

    Examples
    --------
    >>> is_alike("accuracy 89.93 %  1.09 s", "accuracy 89.90 %  12 s"), is_alike("loss 0.5", "loss 0.6")
    (True, False)
    """
    shown, printed = (re.sub(r" +(> )?", " ", DURATION.sub("", line)) for line in (shown, printed))
    pattern = re.escape(NUMBER.sub("#", shown)).replace(re.escape("..."), ".*")
    if re.fullmatch(pattern, NUMBER.sub("#", printed)) is None:
        return False
    return all(map(_is_close, NUMBER.findall(shown), NUMBER.findall(printed)))


def _is_close(shown: str, printed: str) -> bool:
    allowed = max(TOLERANCE * float(shown), 0.011) if "." in shown else WHOLE_TOLERANCE
    return abs(float(shown) - float(printed)) <= allowed


def _run_command(command: str, folder: Path) -> str:
    """What a command prints, errors included."""
    words = shlex.split(command)
    if words[0] == "mnist-nn":
        words = [sys.executable, "-m", "mnist_nn", *words[1:]]
    ended = subprocess.run(
        words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False
    )
    if ended.returncode:
        raise PageError(f"{command}\nends with {ended.returncode}:\n{ended.stdout}")
    return ended.stdout


def _run_python(text: str, names: dict[str, object], where: str) -> int:
    """Run lines for Python's prompt as a doctest, with the names of the blocks before."""
    test = doctest.DocTestParser().get_doctest(text, names, where, where, 0)
    found: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    outcome = runner.run(test, out=found.append, clear_globs=False)
    names.update(test.globs)
    if outcome.failed:
        raise PageError("".join(found))
    return outcome.attempted
