"""Rows of pictures with one number each: digits cut at their ink, form fields, cheque amounts, cells of registers.

Papers are drawn by the package's generator with MNIST's test digits and hands of the family ``test``, which nothing
learned from and no threshold was chosen on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.reading.answers import Answer
from benchmarks.reading.bench import Bench
from benchmarks.reading.row import Row, error_row, share_row
from mnist_nn.data import load
from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers.crops import SCALES, cut_digit
from mnist_nn.data.handwriting.papers.kinds import Paper, draw_paper
from mnist_nn.util.randomness import fold, key

PAPERS = 500
PEN_DIGITS = 4_000  # 200 hands
EVERY_DIGIT = 4  # every fourth test digit is in the pool
FAMILY = "test"
NEAR = 0.005  # below the uncut digits, at most
FIRST, AGAIN = 0, 1  # what the seed's key is folded with


@dataclass(frozen=True)
class Targets:
    """What is to be reached: right and accepted of all at least, wrong of the accepted at most; None for no target."""

    right: float | None = None
    accepted: float | None = None
    wrong: float | None = None


TARGETS = {
    "field": Targets(0.95, 0.85, 0.01),
    "cheque": Targets(0.80, 0.60, 0.01),
    "register": Targets(),
}


def reading_rows(
    name: str, answers: Sequence[Answer], truth: Sequence[str], targets: Targets, note: str = ""
) -> list[Row]:
    """Three rows: how many were read right, how many accepted, and how many of the accepted are wrong."""
    right = sum(answer.text == true for answer, true in zip(answers, truth, strict=True))
    accepted = [(answer.accepted, true) for answer, true in zip(answers, truth, strict=True) if answer.accepted]
    wrong = sum(text != true for text, true in accepted)
    return [
        share_row(f"{name}: right", right, len(truth), targets.right, note),
        share_row(f"{name}: accepted", len(accepted), len(truth), targets.accepted),
        error_row(
            f"{name}: wrong of the accepted", wrong, len(accepted), targets.wrong, len(accepted) / max(1, len(truth))
        ),
    ]


def crop_rows(bench: Bench) -> list[Row]:
    """The test digits cut at their ink, ×1 to ×6, in both polarities, beside the same digits uncut."""
    images = load("mnist").test.images
    crops = (
        cut_digit(images[number], SCALES[place % len(SCALES)], dark_on_light=bool(place // len(SCALES) % 2))
        for place, number in enumerate(bench.numbers)
    )
    uncut = bench.right("28×28") / bench.count
    targets = Targets(right=uncut - NEAR)
    return reading_rows("test digits cut at their ink", bench.pool.pictures(crops, digits=True), bench.truth, targets)


def paper_rows(bench: Bench, kind: str) -> list[Row]:
    """Pictures of one kind of paper, each read as a field."""
    papers = draw_papers(kind, min(PAPERS, bench.count), bench.seed)
    answers = bench.pool.pictures((paper.pixels for paper in papers), field=True)
    truth = [paper.text for paper in papers]
    return reading_rows(f"drawn {kind}s", answers, truth, TARGETS[kind], right_by_style(papers, answers))


def draw_papers(kind: str, count: int, seed: int) -> list[Paper]:
    """Draw papers of a kind."""
    pool = make_pool(seed)
    return [draw_paper(kind, number, fold(key(seed), FIRST), pool) for number in range(count)]


@cache
def make_pool(seed: int) -> GlyphPool:
    """Make the pool of the benchmark's glyphs."""
    test = load("mnist").test
    some = slice(None, None, EVERY_DIGIT)
    return GlyphPool.of(test.images[some], test.labels[some], fold(key(seed), AGAIN), FAMILY, PEN_DIGITS)


def right_by_style(papers: Sequence[Paper], answers: Sequence[Answer]) -> str:
    """Say how much of each style was right, where a kind has several.

    Examples
    --------
    >>> import numpy as np
    >>> papers = [Paper("field", style, "12", np.zeros((1, 1), np.uint8)) for style in ("box", "comb", "comb")]
    >>> right_by_style(papers, [Answer("12", ""), Answer("12", "12"), Answer("1", "")])
    'right: box 100%, comb 50%'
    """
    of_style = Counter(paper.style for paper in papers)
    right = Counter(paper.style for paper, answer in zip(papers, answers, strict=True) if answer.text == paper.text)
    if len(of_style) == 1:
        return ""
    return "right: " + ", ".join(f"{style} {right[style] / count:.0%}" for style, count in sorted(of_style.items()))
