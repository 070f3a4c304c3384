"""From a picture to numbers that say how far they can be trusted.

A `Reader` finds the ink on a page, frames everything in it that could be a digit, asks the network about all of it at
once, and takes the best way through each number (`mnist_nn.reading.decoder`). It neither opens files nor prints.
"""

import logging
import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, ImageError
from mnist_nn.evaluation.calibration import Calibration, OperatingPoint
from mnist_nn.evaluation.prediction import predict
from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.imaging.framing import frame
from mnist_nn.imaging.load.pictures import Page
from mnist_nn.imaging.segment.numbers import WrittenNumber, find_numbers
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import check_reads_digits
from mnist_nn.reading.checksums import Rule, rule
from mnist_nn.reading.decoder import Path, best_path, posteriors
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.reading.results import ALTERNATIVE, Box, Evidence, Number, Reading, judge
from mnist_nn.util.checks import share

Array = npt.NDArray[Any]

MAX_ERROR = 0.01  # of the digits accepted, the share that may be wrong, unless told otherwise
UNCALIBRATED = 0.9  # the confidence that a digit needs where the model holds no calibration
COST = 3.0  # what a unit of a span's cost takes off its score, and off the logarithm of its confidence
MOST_JOINED = 20  # groups that one number may be written in, or boxes of a form
JOINED = 1.0  # what taking two groups for one number costs
BROKEN = 5.0  # what it costs to leave a number that breaks its rule as it is
POINTS = "there may be a point or a colon in it, which is not read"
FAINT = 1e-12  # probabilities below this are taken for it, so that their logarithm is finite

_logger = logging.getLogger("mnist_nn")


class Reader:
    """A model made ready to read pages.

    Parameters
    ----------
    model
        A model for 28×28 digits, best with a calibration; by default the one that comes with the package.
    max_error
        The share of wrong answers to tolerate among the digits that are accepted; None for 0.01, or for the least that
        the model's calibration reaches. Without a calibration nothing is known about errors, and a digit is accepted
        from a confidence of 0.9 on.
    length
        How many digits every number has, if that is known.
    checksum
        ``luhn`` or ``isbn`` if the last digit of every number is a check digit of that kind, else ``none``.

    Raises
    ------
    ConfigError
        If the model is not one for digits, the error cannot be reached, or the other settings cannot be.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> paper = np.full((60, 120), 255, np.uint8)
    >>> for place, digit in enumerate(load_data("mnist").test.images[:4]):  # they show 7, 2, 1, 0
    ...     paper[16:44, 8 + 24 * place : 36 + 24 * place] -= digit
    >>> read = Reader()
    >>> read(paper).text
    '7210'
    >>> read(np.zeros((60, 120), np.uint8)).verdict
    'nothing there'
    """

    def __init__(
        self,
        model: Model | None = None,
        *,
        max_error: float | None = None,
        length: int | None = None,
        checksum: str = "none",
    ) -> None:
        self.model = load_reader_model() if model is None else model
        check_reads_digits(self.model.network.config)
        self._rule, self._without_checksum = rule(checksum, length), rule(length=length)
        self._unmet = _unmet(checksum, length)
        if max_error is not None:
            share("max_error", max_error)
            if self.model.calibration is None:
                raise ConfigError(
                    "max_error has no effect on a model without a calibration; leave it out, or add one with: "
                    "mnist-nn calibrate MODEL"
                )
        calibration = self.model.calibration
        self.operating_point = None if calibration is None else _operating_point(calibration, max_error)
        self.threshold = self.operating_point.threshold if self.operating_point else UNCALIBRATED
        self.not_a_digit = calibration.not_a_digit if calibration else 0.0
        if calibration is None:
            _logger.warning(
                "the model has no calibration: nothing is known about its errors, and it takes everything for a digit; "
                "add one with: mnist-nn calibrate MODEL"
            )

    def __call__(self, page: Page | Array) -> Reading:
        """Read a page: one of `mnist_nn.imaging.load.pictures.read_pages`, or uint8 pixels of shape (height, width).

        Raises
        ------
        ImageError
            If the array is not such a picture.
        """
        if not isinstance(page, Page):
            page = Page("", 1, _pixels(page))
        ink = find_ink(page.pixels)
        return Reading(page.file, page.number, tuple(self._numbers(find_numbers(ink))), ink)

    def _numbers(self, words: Sequence[WrittenNumber]) -> Iterator[Number]:
        """Ask the network about every span of every word in one pass, then read one line after the other."""
        if not words:
            return
        boxes, images = zip(*(_framed(word, span) for word in words for span in word.candidates), strict=True)
        # always the same engine, so that what is read does not depend on the pages before
        seen = predict(self.model.network, np.stack(images), self.model.calibration, engine="reference")
        is_digit = seen.is_digit.tolist()
        found, start = [], 0
        for word in words:
            mine = slice(start, start := start + len(word.candidates))
            spans = map(
                _Span, word.candidates, word.costs, boxes[mine], images[mine], seen.probabilities[mine], is_digit[mine]
            )
            found.append(_Piece(word.box, word.line, word.segments, word.points, tuple(spans)))
        for _, line in groupby(found, lambda piece: piece.line):
            for piece, path in _grouped(list(line), self._rule):
                yield self._number(piece, path)

    def _number(self, piece: "_Piece", path: Path | None) -> Number:
        """Judge every digit of a number; one that breaks its rule is read as the ink has it, and that is doubtful."""
        by_ink = _priced(piece, self._without_checksum)[0] or _best(piece, rule())
        taken = path or by_ink
        if taken is None or by_ink is None:
            raise ImageError(f"the parts of a number at {piece.box} do not follow each other")
        chosen = [piece.spans[index] for index in taken.spans]
        informed = np.array([span.probabilities for span in chosen], np.float64)
        if path and path.spans == by_ink.spans:  # a checksum vouches for digits, not for where the ink is cut
            informed = posteriors(informed, self._rule)
        digits = (
            judge(
                Evidence(span.box, span.image, span.probabilities, span.is_digit, known, math.exp(-COST * span.cost)),
                digit,
                threshold=self.threshold,
                not_a_digit=self.not_a_digit,
            )
            for span, known, digit in zip(chosen, informed, taken.digits, strict=True)
        )
        reasons = ["" if path else self._unmet, POINTS if piece.points else ""]
        return Number.of(digits, piece.box, piece.line, "; ".join(filter(None, reasons)))


class _Span(NamedTuple):
    """Ink that could be one digit, and what the network thinks of it."""

    parts: tuple[int, int]
    cost: float
    box: Box
    image: npt.NDArray[np.uint8]
    probabilities: Array
    is_digit: float


class _Piece(NamedTuple):
    """The ink of a word, or of several that may be one number written in groups."""

    box: Box
    line: int
    parts: int
    points: int
    spans: tuple[_Span, ...]


def _grouped(line: list[_Piece], obeyed: Rule) -> tuple[tuple[_Piece, Path | None], ...]:
    """Take the words of a line for numbers: one each, unless they obey the rule together rather than alone.

    Cards and books have their numbers in groups. What the rule makes worse in the score, against the best reading that
    need not obey, is the price of a number; a word that would cost more than BROKEN is left to break the rule.
    """
    best: list[tuple[float, tuple[tuple[_Piece, Path | None], ...]]] = [(0.0, ())]
    for stop in range(1, len(line) + 1):
        options = []
        for start in range(max(0, stop - (1 if obeyed.free else MOST_JOINED)), stop):
            piece = _together(line[start:stop])
            path, price = _priced(piece, obeyed)
            if path or stop == start + 1:
                so_far, numbers = best[start]
                options.append((so_far + price + JOINED * (stop - start - 1), (*numbers, (piece, path))))
        best.append(min(options, key=itemgetter(0)))
    return best[-1][1]


def _priced(piece: _Piece, obeyed: Rule) -> tuple[Path | None, float]:
    """Find the best reading that obeys, and what that costs."""
    path = _best(piece, obeyed)
    if obeyed.free:
        return path, 0.0
    free = _best(piece, rule())
    price = free.score - path.score if free and path else BROKEN
    return (path, price) if price < BROKEN else (None, BROKEN)


def _together(pieces: list[_Piece]) -> _Piece:
    """Put words beside each other as one number; no digit reaches from one into the next."""
    lefts, tops, rights, bottoms = zip(*(piece.box for piece in pieces), strict=True)
    spans: list[_Span] = []
    parts = 0
    for piece in pieces:
        spans += (span._replace(parts=(span.parts[0] + parts, span.parts[1] + parts)) for span in piece.spans)
        parts += piece.parts
    points = sum(piece.points for piece in pieces)
    return _Piece((min(lefts), min(tops), max(rights), max(bottoms)), pieces[0].line, parts, points, tuple(spans))


def _best(piece: _Piece, obeyed: Rule) -> Path | None:
    """Choose spans and digits: the sum over them of parts × log(confidence), less what forced cuts and joins cost.

    A reading of many digits has many factors below one. Weighing each by the parts that it takes makes the weights of
    all readings add up to the same: every part of the ink has one voice, about the digit that it belongs to. A rule
    may choose among the alternatives, but not make a digit of what the ink denies.
    """
    probabilities = np.array([span.probabilities for span in piece.spans], np.float64)
    is_digit = np.array([span.is_digit for span in piece.spans])[:, None]
    parts = np.array([span.parts[1] - span.parts[0] for span in piece.spans])[:, None]
    costs = np.array([span.cost for span in piece.spans])[:, None]
    scores = parts * np.log(np.maximum(probabilities * is_digit, FAINT)) - COST * costs
    if not obeyed.free:
        scores[probabilities < ALTERNATIVE] = -np.inf
    return best_path(piece.parts, [span.parts for span in piece.spans], scores, obeyed)


def _operating_point(calibration: Calibration, max_error: float | None) -> OperatingPoint:
    """Look the limit up; a model that cannot keep to the usual one does what it can, and that is said."""
    if max_error is not None or calibration.least_error <= MAX_ERROR:
        return calibration.operating_point(MAX_ERROR if max_error is None else max_error)
    _logger.warning("this model keeps errors to %.4f at best, not to %g", calibration.least_error, MAX_ERROR)
    return calibration.operating_point(calibration.least_error)


def _framed(word: WrittenNumber, span: tuple[int, int]) -> tuple[Box, npt.NDArray[np.uint8]]:
    glyph = word.draw(*span)
    return glyph.box, frame(glyph.ink)


def _pixels(array: Any) -> npt.NDArray[np.uint8]:
    pixels = np.asarray(array)
    if len(pixels.shape) != len(("height", "width")) or pixels.dtype != np.uint8 or not pixels.size:
        raise ImageError(
            f"the page is {pixels.dtype} of shape {pixels.shape}; give uint8 grey pixels of shape (height, width), "
            "as mnist_nn.imaging.load.pictures.read_pages does"
        )
    return pixels


def _unmet(checksum: str, length: int | None) -> str:
    """Say what is wrong with a number that breaks its rule.

    Examples
    --------
    >>> _unmet("luhn", 16)
    'it cannot be read with 16 digits and a luhn check digit that is right'
    """
    digits = [] if length is None else [f"{length} digit{'s' * (length > 1)}"]
    check = [] if checksum == "none" else [f"a{'n' * (checksum[0] == 'i')} {checksum} check digit that is right"]
    return f"it cannot be read with {' and '.join(digits + check)}"
