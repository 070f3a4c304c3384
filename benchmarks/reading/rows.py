"""The rows of the table: what the reader is to reach, measured."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.reading import nondigits
from benchmarks.reading.answers import MAX_ERROR, TWO_DIGITS, Answer, Pool, pair
from benchmarks.reading.photo import time_photo
from benchmarks.reading.score import PageScore
from benchmarks.reading.styles import STYLES
from mnist_nn.data import load
from mnist_nn.evaluation.metrics import evaluate, wilson_interval
from mnist_nn.model_file import storage
from mnist_nn.reading.reader_model import load_reader_model

NEAR, TURNED = 0.005, 0.02  # below the clean accuracy, at most
DISTANCES = {
    "plain": NEAR,
    "shifted": NEAR,
    "half size": NEAR,
    "1.7×": NEAR,
    "5×": NEAR,
    "dark on light": NEAR,
    "rotated": TURNED,
    "slanted": TURNED,
    "noisy": None,
}
TARGETS_OF_PAGES = 0.95, 0.85  # of the digits, of the whole 4-digit numbers
UNASKED = ("touching",)  # shown, without a target
REFUSED, KEPT = 0.95, 0.95
SETTINGS = (0.01, 0.015, 0.02, 0.03, 0.05)  # of --max-error, until enough test digits are accepted
SECONDS, MEGABYTES = 1.5, 600
MUST_REFUSE = ("blank", "noise", "scribble", "printed letter", "written letter")
TEST_DIGITS, PICTURES = 10_000, 500
PAGES = {"everything": 120}  # others
PAGES_EACH = 30


@dataclass(frozen=True)
class Row:
    """One line of the table. ``reached`` is None where the row has no target."""

    name: str
    target: str
    measured: str
    reached: bool | None
    notes: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Bench:
    """What all rows share: the reader's processes, and answers that more than one row needs."""

    pool: Pool
    model: Path | None
    count: int
    seed: int
    _kept: dict[tuple[str, float], list[Answer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        test = load("mnist").test
        # Evenly over the set: its first half is easier than its second.
        self.numbers = [int(i) for i in np.linspace(0, len(test.labels) - 1, self.count).round()]
        self.truth = [str(test.labels[i]) for i in self.numbers]

    def scaled(self, most: int) -> int:
        """Make fewer of something where fewer test digits are asked for."""
        return max(2, round(most * self.count / TEST_DIGITS))

    def answers(self, variant: str, max_error: float = MAX_ERROR) -> list[Answer]:
        """Read the test digits in one variant, once."""
        if (variant, max_error) not in self._kept:
            self._kept[variant, max_error] = self.pool.canvases(variant, self.numbers, max_error)
        return self._kept[variant, max_error]

    def right(self, variant: str) -> int:
        """Count the right answers in one variant."""
        return sum(a.text == truth for a, truth in zip(self.answers(variant), self.truth, strict=True))

    def network_accuracy(self) -> float:
        """Accuracy of the network alone on the same test digits, given as MNIST made them."""
        model = storage.load(self.model) if self.model else load_reader_model()
        return evaluate(model.network, load("mnist").test.take(np.array(self.numbers))).accuracy

    def clean(self) -> float:
        """Accuracy that others are compared with: of the network alone or through the reader, whichever is higher."""
        return max(self.network_accuracy(), self.right("28×28") / self.count)


def clean_rows(bench: Bench) -> list[Row]:
    """The network alone, and the same test digits as pictures of 28×28 through the reader."""
    own = bench.network_accuracy()
    return [
        Row(f"the network alone, {bench.count} test digits", "–", _points(own), None, values={"accuracy": own}),
        _digits_row(bench, "test digits as 28×28 pictures", "28×28", bench.clean() - NEAR),
    ]


def canvas_rows(bench: Bench) -> list[Row]:
    """The test digits on canvases."""
    clean = bench.clean()
    return [
        _digits_row(bench, f"on 200×200, {name}", name, None if far is None else clean - far)
        for name, far in DISTANCES.items()
    ]


def _digits_row(bench: Bench, name: str, variant: str, target: float | None) -> Row:
    note = mistakes(bench.answers(variant), bench.truth)
    return _share_row(name, bench.right(variant), bench.count, target, note)


def mistakes(answers: Sequence[Answer], truth: Sequence[str]) -> str:
    """Say in what ways single digits were not read.

    Examples
    --------
    >>> mistakes([Answer("12", ""), Answer("#", ""), Answer("7", "7")], ["4", "4", "4"])
    '1 misread, 1 called no digit, 1 cut in pieces'
    """
    wrong = [answer.text for answer, true in zip(answers, truth, strict=True) if answer.text != true]
    ways = {
        "misread": sum(len(text) == 1 and text.isdigit() for text in wrong),
        "called no digit": sum(len(text) == 1 and not text.isdigit() for text in wrong),
        "cut in pieces": sum(len(text) > 1 for text in wrong),
        "not seen": wrong.count(""),
    }
    return ", ".join(f"{count} {way}" for way, count in ways.items() if count)


def page_rows(bench: Bench) -> list[Row]:
    """Synthetic pages: all effects together first, then each alone."""
    rows = []
    for style in sorted(STYLES, key=lambda name: name != "everything"):
        pages = bench.pool.pages(style, bench.scaled(PAGES.get(style, PAGES_EACH)))
        total = reduce(add, pages, PageScore())
        right, whole = TARGETS_OF_PAGES if style not in UNASKED else (None, None)
        name, note = f"pages, {style}", f"{len(pages)} pages; found {total.found / total.digits:.2%}"
        note += f"; {total.invented} invented"
        rows += [
            _share_row(f"{name}: digits found and right", total.right, total.digits, right, note),
            _share_row(f"{name}: whole 4-digit numbers", total.wholes_right, total.wholes, whole),
        ]
        if style == "everything":
            wrong, share = total.accepted - total.accepted_right, total.accepted / total.numbers
            rows.append(_error_row(f"{name}: numbers accepted", wrong, total.accepted, None, share))
    return rows


def refusal_rows(bench: Bench) -> list[Row]:
    """What is no digit, at the strictest of some settings that accepts 95 % of the test digits."""
    for setting in SETTINGS:
        digits = bench.answers("plain", setting)
        kept = sum(bool(answer.accepted) for answer in digits)
        if kept >= KEPT * len(digits):
            break
    rows = [_share_row(f"test digits accepted at --max-error {setting}", kept, len(digits), KEPT)]
    total = refused = 0
    for kind in nondigits.KINDS:
        answers = bench.pool.nondigits(kind, bench.scaled(PICTURES), setting)
        no, empty = (
            sum(not text for text in texts) for texts in zip(*((a.accepted, a.text) for a in answers), strict=True)
        )
        must = kind in MUST_REFUSE
        total, refused = total + must * len(answers), refused + must * no
        note = f"nothing there: {empty / len(answers):.1%}"
        rows.append(_share_row(f"refused: {kind}", no, len(answers), REFUSED if must else None, note))
    rows.insert(1, _share_row("refused: blank, noise, scribbles, letters together", refused, total, REFUSED))
    return [*rows, _two_digits_row(bench, setting)]


def _two_digits_row(bench: Bench, setting: float) -> Row:
    """Two digits in one blot: to be refused, or read as the two that they are."""
    test = load("mnist").test
    answers = bench.pool.nondigits(TWO_DIGITS, bench.scaled(PICTURES), setting)
    truths = [pair(test, i, bench.seed)[1] for i in range(len(answers))]
    good = sum(a.accepted in {"", truth} for a, truth in zip(answers, truths, strict=True))
    both = sum(a.text == truth for a, truth in zip(answers, truths, strict=True)) / len(answers)
    accepted = sum(bool(a.accepted) for a in answers) / len(answers)
    note = f"read as both {both:.1%}, accepted {accepted:.1%}"
    return _share_row("two touching digits: refused, or accepted as both", good, len(answers), None, note)


def max_error_rows(bench: Bench) -> list[Row]:
    """How many of the accepted answers are wrong, and how many are accepted, at ``--max-error 0.01``."""
    rows = []
    for variant in ("28×28", "plain", "shifted", "noisy"):
        answers = bench.answers(variant)
        accepted = [(a, truth) for a, truth in zip(answers, bench.truth, strict=True) if a.accepted]
        wrong = sum(a.accepted != truth for a, truth in accepted)
        share = len(accepted) / len(answers)
        rows.append(_error_row(f"--max-error {MAX_ERROR}, {variant}", wrong, len(accepted), MAX_ERROR, share))
    return rows


def photo_rows(bench: Bench) -> list[Row]:
    """A photo of 12 megapixels through the command line, in a process of its own."""
    found = time_photo(bench.model, bench.seed)
    note = f"median of {len(found.seconds)}: {', '.join(f'{s:.2f}' for s in found.seconds)}; "
    note += f"processor time {statistics.median(found.processor):.2f}"
    most = max(found.megabytes)
    return [
        Row(
            "12-megapixel photo, seconds",
            f"< {SECONDS}",
            f"{found.median:.2f}",
            found.median < SECONDS,
            note,
            asdict(found),
        ),
        Row("12-megapixel photo, peak memory", f"< {MEGABYTES} MB", f"{most:.0f} MB", most < MEGABYTES),
    ]


ROWS: dict[str, Callable[[Bench], Sequence[Row]]] = {
    "clean": clean_rows,
    "canvases": canvas_rows,
    "pages": page_rows,
    "refusal": refusal_rows,
    "max-error": max_error_rows,
    "photo": photo_rows,
}


def _share_row(name: str, part: int, whole: int, target: float | None, note: str = "") -> Row:
    if not whole:
        return Row(name, "–", "none came up", None, note)
    low, high = wilson_interval(part, whole)
    notes = f"{part} of {whole}, 95 % interval {low:.2%} to {high:.2%}" + (f"; {note}" if note else "")
    goal = "–" if target is None else f"≥ {_points(target)}"
    reached = None if target is None else part / whole >= target
    values = {"part": part, "whole": whole, "interval": [low, high]}
    return Row(name, goal, _points(part / whole), reached, notes, values)


def _error_row(name: str, wrong: int, whole: int, target: float | None, coverage: float) -> Row:
    """A share of errors, which should be small, among what was accepted."""
    goal = "–" if target is None else f"≤ {target:.0%} wrong"
    if not whole:
        return Row(name, goal, "none accepted", None if target is None else False)
    low, high = wilson_interval(wrong, whole)
    notes = f"{wrong} wrong of {whole} accepted, 95 % interval {low:.2%} to {high:.2%}; coverage {coverage:.2%}"
    reached = None if target is None else wrong / whole <= target
    values = {"wrong": wrong, "accepted": whole, "coverage": coverage, "interval": [low, high]}
    return Row(name, goal, f"{wrong / whole:.2%} wrong", reached, notes, values)


def _points(share: float) -> str:
    return f"{share:.2%}"
