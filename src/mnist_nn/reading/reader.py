"""Turns a picture into numbers, and says how far each can be trusted.

A `Reader` finds the ink on a page, frames everything that could be a digit, runs the network on all of it at once, and
finds the best path through each number. If its model has sequence networks, they also read each number as a line, and
both readings decide together. It prints nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ImageError
from mnist_nn.evaluation.prediction import predict
from mnist_nn.imaging.clean.ink import Ink, find_ink
from mnist_nn.imaging.framing import frame
from mnist_nn.imaging.load.pictures import as_page
from mnist_nn.imaging.segment.doubts import SEVERAL_LINES
from mnist_nn.imaging.segment.number_ink import NumberInk, draw_number
from mnist_nn.imaging.segment.numbers import WrittenNumber, find_numbers
from mnist_nn.imaging.thicken import thicken
from mnist_nn.model_file.sequences import check_reads_lines
from mnist_nn.model_file.storage import ModelLike, as_model
from mnist_nn.model_file.training_data import check_learned_digits
from mnist_nn.nn.config import check_reads_digits
from mnist_nn.reading.agreement import SegmentReading, TextChoice, choose_text, collect_evidence, collect_readings
from mnist_nn.reading.allowed_values import check_allowed_values
from mnist_nn.reading.constraints import ANY_NUMBER, build_constraint, describe, find_common_length
from mnist_nn.reading.decision import DigitCandidate, Thresholds, decide, probability_of_constraint
from mnist_nn.reading.decoder import Decoding, condition
from mnist_nn.reading.evidence import NumberEvidence
from mnist_nn.reading.grouping import (
    Choice,
    NumberCandidate,
    choose_numbers,
    decode_number,
    join_groups,
    price_number,
)
from mnist_nn.reading.limits import choose_limits
from mnist_nn.reading.looks import compare_page
from mnist_nn.reading.orientation import (
    TURNS,
    choose_turn,
    doubt_ambiguous,
    place_on_page,
    reads_well,
    turn_ink,
    turn_pixels,
)
from mnist_nn.reading.parameters import AGREEMENT, READING, ReadingParameters
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, Box, Digit, Number, Reading, percent
from mnist_nn.reading.sequence.reader import SequenceReading, read_lines
from mnist_nn.reading.spelling import spell_by_columns, spell_by_segments
from mnist_nn.util.calls import shows_call

Array = npt.NDArray[Any]

CALL = "Reader(load_model(path))"
MAY_HOLD_POINTS = "it may contain a point or a colon, which cannot be read"
THOUSANDS = "points between thousands"
GROUP = 3  # digits between two points of an amount


class Reader:
    """A model prepared to read pages.

    Parameters
    ----------
    model
        A model for 28×28 digits, preferably with a calibration, or the path of its file. By default, the model that
        comes with the package.
    max_error
        The share of accepted numbers that may be wrong; None for 0.01, or for the smallest share that the model's
        calibration can keep. If only the model's digits are calibrated, a number is accepted if the product of its
        digits' confidences reaches the threshold for a digit. Without a calibration nothing is known about errors, and
        a number is accepted if each digit has a confidence of at least 0.9.
    max_error_per_digit
        The share of accepted digits that may be wrong. If it is given, every digit of an accepted number must reach its
        threshold. Whole numbers then have a limit only if ``max_error`` is given too.
    field
        Whether a picture is one field of a form. All writing on it is then one number, whatever the gaps between its
        digits. Ink on several lines makes it doubtful.
    length
        The number of digits of every number, if it is known.
    pattern
        The digits that each place of a number may have, if they are known: a digit, ``?`` for any digit, or a set in
        brackets, as in ``20[0-3]?`` (`mnist_nn.reading.patterns.parse_pattern`).
    one_of
        The values that a number may have, if they are known: at most 100,000 strings of digits.
    checksum
        ``luhn`` or ``isbn`` if the last digit of every number is a check digit of that kind, else ``none``.
    parameters
        Other parameters; the defaults were chosen once for all pages.

    Raises
    ------
    ConfigError
        If the model is not one for digits, the error limit cannot be kept, or another setting is invalid.

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

    The reader uses what is known about the numbers. Here there are three possible values:

    >>> Reader(field=True, one_of=["1210", "7210", "7218"])(paper).text
    '7210'
    """

    @shows_call("Reader(model, length=4), where both may be left out")
    def __init__(
        self,
        model: ModelLike | None = None,
        *,
        max_error: float | None = None,
        max_error_per_digit: float | None = None,
        field: bool = False,
        length: int | None = None,
        pattern: str | None = None,
        one_of: Iterable[str] | None = None,
        checksum: str = "none",
        parameters: ReadingParameters = READING,
    ) -> None:
        self.model = load_reader_model() if model is None else as_model(model, CALL)
        check_reads_digits(self.model.network.config)
        check_learned_digits(self.model)
        for network in self.model.sequences:
            check_reads_lines(network.config)
        self._parameters = parameters
        self._field = field
        values = None if one_of is None else check_allowed_values(one_of)
        self._constraint = build_constraint(checksum, length, pattern, values)
        self._length_alone = build_constraint(length=length or find_common_length(pattern, values))
        self._violation = f"it cannot be read {describe(checksum, length, pattern, values)}"
        self.limits = choose_limits(self.model, max_error, max_error_per_digit, parameters)
        self.operating_point = self.limits.numbers or self.limits.digits
        self.threshold = self.limits.digit_threshold
        self.not_a_digit = self.model.calibration.not_a_digit if self.model.calibration else 0.0
        numbers = self.model.number_calibration
        self.calibrated_looks = numbers.looks if numbers else None

    def __call__(self, page: Any) -> Reading:
        """Read a page.

        Parameters
        ----------
        page
            A page from `mnist_nn.imaging.load.pictures.read_pages`, the path of a picture with one page, a Pillow
            image, or an array that `mnist_nn.imaging.load.grey.as_grey` accepts, such as uint8 pixels of shape (height,
            width).

        Raises
        ------
        ImageError
            If it is not such a picture, cannot be read, or has several pages.
        """
        page = as_page(page)
        ink = find_ink(page.pixels)
        numbers = upright = self._read_ink(ink)
        turned, orientation = 0, self._parameters.orientation
        if not (self._field or reads_well(numbers, orientation)):
            turns = {turn: self._read_ink(turn_ink(ink, turn)) if turn else numbers for turn in TURNS}
            chosen = choose_turn(turns, orientation)
            if chosen:
                turned, ink = chosen, find_ink(turn_pixels(page.pixels, chosen))
                upright = self._read_ink(ink)
                numbers = place_on_page(upright, chosen, page.pixels.shape)
            else:
                numbers = doubt_ambiguous(numbers, other_way=chosen is None, parameters=orientation)
        return Reading(page.file, page.number, numbers, ink, turned, compare_page(self.calibrated_looks, upright))

    def _read_ink(self, ink: Ink) -> tuple[Number, ...]:
        return tuple(self._read_numbers(ink, find_numbers(ink, one_a_line=self._field)))

    def _read_numbers(self, ink: Ink, groups: Sequence[WrittenNumber]) -> Iterator[Number]:
        """Read each number by its segments, and all of them as lines; then decide about each."""
        numbers = list(self._choose_numbers(self._predict_candidates(groups)))
        by_segments = [self._read_segments(number, decoding) for number, decoding in numbers]
        doubt = SEVERAL_LINES if self._field and len(groups) > 1 else ""
        by_lines = self._read_lines(ink, [number for number, _ in numbers], by_segments)
        for (number, _), segments, (drawn, lines) in zip(numbers, by_segments, by_lines, strict=True):
            lone = self._is_lone(segments)
            choice = choose_text(segments, lines, lone=lone, parameters=self._parameters.agreement)
            taken = segments
            if lines is not None and choice.text != segments.text:
                taken = self._spell(ink, number, drawn, lines, choice.text) or segments
                choice = choice if taken is not segments else choice._replace(text=segments.text)
            left_out = (
                taken is not segments
                and lines is not None
                and drawn is not None
                and self._may_hide_mark(ink, segments, drawn, lines.find_middles(choice.text))
            )
            yield self._decide_number(number, taken, segments, lines, choice, doubt, lone=lone, left_out=left_out)

    def _choose_numbers(self, candidates: Sequence[NumberCandidate]) -> Iterator[Choice]:
        """Choose the numbers of each text line; a field is always one number, even on several lines."""
        if self._field and candidates:
            number = join_groups(candidates)
            yield number, price_number(number, self._constraint, self._parameters)[0]
            return
        for _, line in groupby(candidates, lambda group: group.line):
            yield from choose_numbers(list(line), self._constraint, self._parameters)

    def _predict_candidates(self, groups: Sequence[WrittenNumber]) -> list[NumberCandidate]:
        """Run the network on every candidate of every group in one pass."""
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
                    DigitCandidate(segments, cost, *next(predictions), segments in group.misfits)
                    for segments, cost in zip(group.candidates, group.costs, strict=True)
                ),
                (group,),
            )
            for group in groups
        ]

    def _read_segments(self, number: NumberCandidate, decoding: Decoding | None) -> SegmentReading:
        """Read a number by its segments; if it breaks its constraint, it is read as it looks."""
        by_ink = price_number(number, self._length_alone, self._parameters)[0] or decode_number(
            number, ANY_NUMBER, self._parameters
        )
        taken = decoding or by_ink
        if taken is None or by_ink is None:
            raise ImageError(f"the segments of the number at {number.box} do not follow each other")
        chosen = tuple(number.candidates[index] for index in taken.candidates)
        posteriors = np.array([candidate.probabilities for candidate in chosen], np.float64)
        if decoding and decoding.candidates == by_ink.candidates:  # what is known vouches for digits, not for cuts
            holds = probability_of_constraint(posteriors, decoding.digits, self._parameters)
            posteriors = holds * condition(posteriors, self._constraint) + (1 - holds) * posteriors
        return SegmentReading(taken.digits, chosen, posteriors, fits=decoding is not None)

    def _read_lines(
        self, ink: Ink, numbers: Sequence[NumberCandidate], by_segments: Sequence[SegmentReading]
    ) -> list[tuple[NumberInk | None, SequenceReading | None]]:
        """Read numbers as lines of ink, all at once; None if no reading fits what is known."""
        if not self.model.sequences:
            return [(None, None)] * len(numbers)
        p = self._parameters
        drawn = [draw_number(ink, number.written, whole_width=self._field) for number in numbers]
        fits = p.sequence.line.field_fits if self._field else p.sequence.line.page_fits
        known = [[segments.text] for segments in by_segments]
        read = read_lines(self.model.sequences, drawn, self._constraint, fits, known, p.sequence)
        least = np.exp(-p.violation_nats)
        return [
            (one, reading.discount(p.violation_nats)) if reading and reading.accepted.mean() >= least else (None, None)
            for one, reading in zip(drawn, read, strict=True)
        ]

    def _may_hide_mark(self, ink: Ink, segments: SegmentReading, drawn: NumberInk, middles: Sequence[float]) -> bool:
        """Say whether something like a comma or a slash lies among the digits of a line, not low beside them."""
        misfits = [candidate.box for candidate in segments.candidates if candidate.misfit]
        if not misfits or not middles:
            return bool(misfits)
        first, last = ((middle + drawn.corner[1]) / ink.scale for middle in (middles[0], middles[-1]))
        low = self._parameters.agreement.low_mark_heights * float(
            np.median([candidate.box[3] - candidate.box[1] for candidate in segments.candidates])
        )
        return any(bottom - top > low or first < (left + right) / 2 < last for left, top, right, bottom in misfits)

    def _is_lone(self, segments: SegmentReading) -> bool:
        """Say whether a number is one uncut digit on a page, and not as wide as two."""
        first, *others = segments.candidates
        left, top, right, bottom = first.box
        widest = self._parameters.agreement.lone_width_heights * (bottom - top)
        return not (self._field or others or first.cost) and right - left <= widest

    def _spell(
        self, ink: Ink, number: NumberCandidate, drawn: NumberInk | None, lines: SequenceReading, text: str
    ) -> SegmentReading | None:
        """Find the ink of each digit of a text read as a line, by the better of two ways; None if a digit has none."""
        by_columns = spell_by_columns(ink, drawn, lines.locate(text), text, self.model) if drawn is not None else None
        found = [one for one in (spell_by_segments(number, text, self._parameters), by_columns) if one is not None]
        return max(found, key=lambda one: float(one.weigh([text])[0]), default=None)

    def _decide_number(
        self,
        number: NumberCandidate,
        taken: SegmentReading,
        segments: SegmentReading,
        lines: SequenceReading | None,
        choice: TextChoice,
        doubt: str,
        *,
        lone: bool,
        left_out: bool,
    ) -> Number:
        """Decide about every digit and the whole number; a number that breaks its constraint is doubtful."""
        p = self._parameters
        read_whole = lines is not None and self.model.number_calibration is not None
        digits = [
            decide(candidate, digit, posterior, self._choose_thresholds(candidate, read_whole=read_whole), p)
            for candidate, digit, posterior in zip(taken.candidates, taken.digits, taken.posteriors, strict=True)
        ]
        grouped = _separate_thousands(number.points, taken.candidates)
        points = MAY_HOLD_POINTS if left_out or not (grouped or not number.points) else ""
        known = ("" if taken.fits else self._violation, points)
        reasons = list(dict.fromkeys(filter(None, (doubt, *known, *number.doubts))))
        evidence = collect_evidence(
            choice,
            taken,
            lines,
            digits,
            agree=taken is segments,
            parameters=p.agreement,
        )
        score = self._score(evidence)
        confidence = float(np.prod([digit.confidence for digit in digits])) if score is None else score
        reasons.append(self._doubt_number(choice, score, confidence, digits, lone=lone))
        reason = "; ".join(filter(None, reasons))
        if not reason and self.limits.vouches_for_digits(confidence):
            sure = len(digits) > 1 and evidence.lines_agree > 0
            digits = _accept_together(digits, taken.candidates, whatever_they_look_like=sure)
        note = _note([*[THOUSANDS] * grouped, *(mark for one in number.written for mark in one.marks)])
        readings = collect_readings(segments, lines) if self.model.sequences else None
        return Number.of(
            digits,
            number.box,
            number.line,
            reason,
            note=note,
            confidence=confidence,
            evidence=evidence,
            readings=readings,
        )

    def _choose_thresholds(self, candidate: DigitCandidate, *, read_whole: bool) -> Thresholds:
        """Choose a digit's thresholds; if its number was read as a whole, a bad cut does not make it "not a digit"."""
        is_cut = candidate.cost > 0 and not candidate.misfit
        return Thresholds(self.threshold, 0.0 if read_whole and is_cut else self.not_a_digit)

    def _doubt_number(
        self, choice: TextChoice, score: float | None, confidence: float, digits: list[Digit], *, lone: bool
    ) -> str:
        """Say why a number as a whole is doubtful; empty if it is not, or if one of its digits explains it."""
        if not self.limits.accepts(confidence):
            said = score is None and any(digit.decision != DIGIT for digit in digits)
            return "" if said else _describe_doubt(choice, confidence)
        by_line = choice.line_probability < self._parameters.agreement.least_line_probability
        if by_line and not lone and (score is None or not self.limits.holds_numbers):
            return _describe_doubt(choice, choice.line_probability)
        return ""

    def _score(self, evidence: NumberEvidence) -> float | None:
        """Score a number as a whole; None if numbers are not calibrated."""
        calibration = self.model.number_calibration
        return None if calibration is None else float(calibration.score(evidence.take(calibration.features)[None])[0])


def _accept_together(
    digits: Sequence[Digit], candidates: Sequence[DigitCandidate], *, whatever_they_look_like: bool
) -> list[Digit]:
    """Accept the doubtful digits of a number that is accepted as a whole, because its evidence covers them too.

    Digits that may contain commas or slashes are excluded, because a line may be read without them. Those that do not
    look like digits by themselves are accepted only if the networks for lines agree.
    """
    able = {DOUBTFUL, NOT_A_DIGIT} if whatever_they_look_like else {DOUBTFUL}
    return [
        replace(digit, decision=DIGIT, reason="") if digit.decision in able and not candidate.misfit else digit
        for digit, candidate in zip(digits, candidates, strict=True)
    ]


def _describe_doubt(choice: TextChoice, sure: float) -> str:
    """Say why a number as a whole is doubtful.

    Examples
    --------
    >>> _describe_doubt(TextChoice("70", 0.5, 0.1, 0.2, "10"), 0.2)
    'as a whole it may be 10 (20 % sure that it is 70)'
    >>> _describe_doubt(TextChoice("70", 0.9, 9.0, 0.9, "10"), 0.85)
    'as a whole it is not clear enough (85 % sure that it is 70)'
    """
    differs = choice.runner_up and choice.line_probability < AGREEMENT.least_line_probability
    other = f"may be {choice.runner_up}" if differs else "is not clear enough"
    return f"as a whole it {other} ({percent(sure)} sure that it is {choice.text})"


def _frame(group: WrittenNumber, segments: tuple[int, int]) -> tuple[Box, npt.NDArray[np.uint8]]:
    glyph = group.draw(*segments)
    return glyph.box, frame(thicken(glyph.ink))


def _separate_thousands(points: Sequence[float], digits: Sequence[DigitCandidate]) -> bool:
    """Say whether points part a number's digits into groups of three from the right, each gap by a single one."""
    middles = [(candidate.box[0] + candidate.box[2]) / 2 for candidate in digits]
    after = sorted(sum(middle > point for middle in middles) for point in points)
    return bool(after) and after == list(range(GROUP, len(digits), GROUP))


def _note(marks: Sequence[str]) -> str:
    """Say what was left out beside a number.

    Examples
    --------
    >>> _note(("a point", "a dash"))
    'a point and a dash beside it are not digits and were left out'
    """
    if not marks:
        return ""
    names = " and ".join(filter(None, (", ".join(marks[:-1]), marks[-1])))
    verbs = "is not a digit and was" if len(marks) == 1 and marks[0] != THOUSANDS else "are not digits and were"
    return f"{names} beside it {verbs} left out"
