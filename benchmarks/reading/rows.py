"""The rows of the table: what the reader is to reach, measured."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial, reduce
from operator import add

from benchmarks.reading import nondigits
from benchmarks.reading.answers import MAX_ERROR, TWO_DIGITS, Answer, pair
from benchmarks.reading.bench import Bench
from benchmarks.reading.hand_rows import hand_rows
from benchmarks.reading.paper_rows import crop_rows, paper_rows
from benchmarks.reading.photo import time_photo
from benchmarks.reading.row import Row, error_row, points, share_row
from benchmarks.reading.score import PageScore
from benchmarks.reading.styles import STYLES
from mnist_nn.data import load

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
SETTINGS = (0.01, 0.015, 0.02, 0.03, 0.05)  # of --max-error-per-digit, until enough test digits are accepted
SECONDS, MEGABYTES = 1.5, 600
MUST_REFUSE = ("blank", "noise", "scribble", "printed letter", "written letter")
PICTURES = 500
PAGES = {"everything": 120}  # others
PAGES_EACH = 30


def clean_rows(bench: Bench) -> list[Row]:
    """The network alone, and the same test digits as pictures of 28×28 through the reader."""
    own = bench.network_accuracy()
    return [
        Row(f"the network alone, {bench.count} test digits", "–", points(own), None, values={"accuracy": own}),
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
    return share_row(name, bench.right(variant), bench.count, target, note)


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
            share_row(f"{name}: digits found and right", total.right, total.digits, right, note),
            share_row(f"{name}: whole 4-digit numbers", total.wholes_right, total.wholes, whole),
        ]
        if style == "everything":
            wrong, share = total.accepted - total.accepted_right, total.accepted / total.numbers
            rows.append(error_row(f"{name}: numbers accepted", wrong, total.accepted, None, share))
    return rows


def refusal_rows(bench: Bench) -> list[Row]:
    """What is no digit, at the strictest of some settings that accepts 95 % of the test digits."""
    for setting in SETTINGS:
        digits = bench.answers("plain", setting)
        kept = sum(bool(answer.accepted) for answer in digits)
        if kept >= KEPT * len(digits):
            break
    rows = [share_row(f"test digits accepted at --max-error-per-digit {setting}", kept, len(digits), KEPT)]
    total = refused = 0
    for kind in nondigits.KINDS:
        answers = bench.pool.nondigits(kind, bench.scaled(PICTURES), setting)
        no, empty = (
            sum(not text for text in texts) for texts in zip(*((a.accepted, a.text) for a in answers), strict=True)
        )
        must = kind in MUST_REFUSE
        total, refused = total + must * len(answers), refused + must * no
        note = f"nothing there: {empty / len(answers):.1%}"
        rows.append(share_row(f"refused: {kind}", no, len(answers), REFUSED if must else None, note))
    rows.insert(1, share_row("refused: blank, noise, scribbles, letters together", refused, total, REFUSED))
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
    return share_row("two touching digits: refused, or accepted as both", good, len(answers), None, note)


def max_error_rows(bench: Bench) -> list[Row]:
    """Measure coverage, and errors among accepted digits, at ``--max-error-per-digit 0.01``."""
    rows = []
    for variant in ("28×28", "plain", "shifted", "noisy"):
        answers = bench.answers(variant)
        accepted = [(a, truth) for a, truth in zip(answers, bench.truth, strict=True) if a.accepted]
        wrong = sum(a.accepted != truth for a, truth in accepted)
        share = len(accepted) / len(answers)
        rows.append(error_row(f"--max-error-per-digit {MAX_ERROR}, {variant}", wrong, len(accepted), MAX_ERROR, share))
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


WITH_HANDS = "hands"  # the row that needs a folder of its own
ROWS: dict[str, Callable[[Bench], Sequence[Row]]] = {
    "clean": clean_rows,
    "canvases": canvas_rows,
    "pages": page_rows,
    "refusal": refusal_rows,
    "max-error": max_error_rows,
    "photo": photo_rows,
    "crops": crop_rows,
    "fields": partial(paper_rows, kind="field"),
    "cheques": partial(paper_rows, kind="cheque"),
    "registers": partial(paper_rows, kind="register"),
    WITH_HANDS: hand_rows,
}
