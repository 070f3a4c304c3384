"""From a picture to numbers that say how far they can be trusted.

A `Reader` finds the ink on a page, frames everything in it that could be a digit, asks the network about all of it at
once, and takes the best way through each number. It neither opens files nor prints.
"""

import logging
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

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
from mnist_nn.reading.checksums import build_constraint
from mnist_nn.reading.decision import DigitCandidate, Thresholds, decide
from mnist_nn.reading.decoder import Decoding, condition
from mnist_nn.reading.grouping import NumberCandidate, choose_numbers, decode_number, price_number
from mnist_nn.reading.parameters import READING, ReadingParameters
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.reading.results import Box, Number, Reading
from mnist_nn.util.checks import share

Array = npt.NDArray[Any]

MAY_HOLD_POINTS = "there may be a point or a colon in it, which is not read"

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
    parameters
        What reading depends on besides; the defaults were chosen once for all pages.

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
    >>> read(np.zeros((60, 120), np.uint8)).decision
    'nothing there'
    """

    def __init__(
        self,
        model: Model | None = None,
        *,
        max_error: float | None = None,
        length: int | None = None,
        checksum: str = "none",
        parameters: ReadingParameters = READING,
    ) -> None:
        self.model = load_reader_model() if model is None else model
        check_reads_digits(self.model.network.config)
        self._parameters = parameters
        self._constraint, self._length_alone = build_constraint(checksum, length), build_constraint(length=length)
        self._violation = _describe_violation(checksum, length)
        if max_error is not None:
            share("max_error", max_error)
            if self.model.calibration is None:
                raise ConfigError(
                    "max_error has no effect on a model without a calibration; leave it out, or add one with: "
                    "mnist-nn calibrate MODEL"
                )
        calibration = self.model.calibration
        self.operating_point = _operating_point(calibration, max_error, parameters.max_error) if calibration else None
        self.threshold = self.operating_point.threshold if self.operating_point else parameters.uncalibrated_threshold
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
            page = Page("", 1, _check_pixels(page))
        ink = find_ink(page.pixels)
        return Reading(page.file, page.number, tuple(self._read_numbers(find_numbers(ink))), ink)

    def _read_numbers(self, groups: Sequence[WrittenNumber]) -> Iterator[Number]:
        """Read one text line after the other."""
        for _, line in groupby(self._predict_candidates(groups), lambda group: group.line):
            for number, decoding in choose_numbers(list(line), self._constraint, self._parameters):
                yield self._decide_number(number, decoding)

    def _predict_candidates(self, groups: Sequence[WrittenNumber]) -> list[NumberCandidate]:
        """Ask the network about every candidate of every group in one pass."""
        if not groups:
            return []
        boxes, images = zip(
            *(_frame(group, candidate) for group in groups for candidate in group.candidates), strict=True
        )
        # always the same engine, so that what is read does not depend on the pages before
        found = predict(self.model.network, np.stack(images), self.model.calibration, engine="reference")
        predictions = iter(zip(boxes, images, found.probabilities, found.is_digit.tolist(), strict=True))
        return [
            NumberCandidate(
                group.box,
                group.line,
                group.segments,
                group.points,
                tuple(
                    DigitCandidate(segments, cost, *next(predictions))
                    for segments, cost in zip(group.candidates, group.costs, strict=True)
                ),
            )
            for group in groups
        ]

    def _decide_number(self, number: NumberCandidate, decoding: Decoding | None) -> Number:
        """Decide about every digit; a number that breaks its checksum is read as it looks, and that is doubtful."""
        by_ink = price_number(number, self._length_alone, self._parameters)[0] or decode_number(
            number, build_constraint(), self._parameters
        )
        taken = decoding or by_ink
        if taken is None or by_ink is None:
            raise ImageError(f"the segments of the number at {number.box} do not follow each other")
        chosen = [number.candidates[index] for index in taken.candidates]
        posteriors = np.array([candidate.probabilities for candidate in chosen], np.float64)
        if decoding and decoding.candidates == by_ink.candidates:  # a checksum vouches for digits, not for cuts
            posteriors = condition(posteriors, self._constraint)
        thresholds = Thresholds(self.threshold, self.not_a_digit)
        digits = [
            decide(candidate, digit, posterior, thresholds, self._parameters)
            for candidate, digit, posterior in zip(chosen, taken.digits, posteriors, strict=True)
        ]
        reasons = ["" if decoding else self._violation, MAY_HOLD_POINTS if number.points else ""]
        return Number.of(digits, number.box, number.line, "; ".join(filter(None, reasons)))


def _operating_point(calibration: Calibration, max_error: float | None, usual: float) -> OperatingPoint:
    """Look the threshold up; a model that cannot keep to the usual error does what it can, and that is said."""
    if max_error is not None or calibration.least_error <= usual:
        return calibration.operating_point(usual if max_error is None else max_error)
    _logger.warning("this model keeps errors to %.4f at best, not to %g", calibration.least_error, usual)
    return calibration.operating_point(calibration.least_error)


def _frame(group: WrittenNumber, segments: tuple[int, int]) -> tuple[Box, npt.NDArray[np.uint8]]:
    glyph = group.draw(*segments)
    return glyph.box, frame(glyph.ink)


def _check_pixels(array: Any) -> npt.NDArray[np.uint8]:
    pixels = np.asarray(array)
    if len(pixels.shape) != len(("height", "width")) or pixels.dtype != np.uint8 or not pixels.size:
        raise ImageError(
            f"the page is {pixels.dtype} of shape {pixels.shape}; give uint8 grey pixels of shape (height, width), "
            "as mnist_nn.imaging.load.pictures.read_pages does"
        )
    return pixels


def _describe_violation(checksum: str, length: int | None) -> str:
    """Say what is wrong with a number that breaks its checksum or its length.

    Examples
    --------
    >>> _describe_violation("luhn", 16)
    'it cannot be read with 16 digits and a luhn check digit that is right'
    """
    digits = [] if length is None else [f"{length} digit{'s' * (length > 1)}"]
    check = [] if checksum == "none" else [f"a{'n' * (checksum[0] == 'i')} {checksum} check digit that is right"]
    return f"it cannot be read with {' and '.join(digits + check)}"
