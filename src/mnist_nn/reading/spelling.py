"""Finds the ink of each digit of a text that was read as a line, by segments or by the positions of the digits.

Reading as a line gives a text but no boxes. This module finds the ink to show and to check for each digit.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mnist_nn.evaluation.prediction import predict
from mnist_nn.imaging.boxes import tight_window
from mnist_nn.imaging.clean.ink import Ink
from mnist_nn.imaging.components import grow
from mnist_nn.imaging.framing import frame
from mnist_nn.imaging.segment.number_ink import NumberInk
from mnist_nn.imaging.thicken import thicken
from mnist_nn.model_file.storage import Model
from mnist_nn.reading.agreement import SegmentReading
from mnist_nn.reading.constraints import build_constraint
from mnist_nn.reading.decision import DigitCandidate
from mnist_nn.reading.grouping import NumberCandidate, decode_number
from mnist_nn.reading.parameters import READING, ReadingParameters
from mnist_nn.reading.patterns import MAX_LENGTH

COLUMN_COST = 1.0  # of ink that was cut straight down where a line's digits part: as much as the least of a seam


def spell_by_segments(
    number: NumberCandidate, text: str, parameters: ReadingParameters = READING
) -> SegmentReading | None:
    """Find the best path through a number's segments that reads a text; None if no path has that many digits."""
    if not 0 < len(text) <= MAX_LENGTH:
        return None
    decoding = decode_number(number, build_constraint(pattern=text), replace(parameters, least_alternative=0.0))
    if decoding is None:
        return None
    chosen = tuple(number.candidates[index] for index in decoding.candidates)
    posteriors = np.array([candidate.probabilities for candidate in chosen], np.float64)
    return SegmentReading(decoding.digits, chosen, posteriors, fits=True)


def spell_by_columns(
    ink: Ink, drawn: NumberInk, columns: Sequence[tuple[float, float]], text: str, model: Model
) -> SegmentReading | None:
    """Cut a number's ink vertically between the digits of a text; None if that leaves a digit without ink.

    Parameters
    ----------
    ink
        The page.
    drawn
        The number's ink.
    columns
        Left and right of each digit of the text, in pixels of the number's ink.
    text
        The text read as a line.
    model
        The model whose network and calibration predict each piece.
    """
    writing = np.where(grow(drawn.strokes, ink.rim_px), drawn.soft, np.float32(0))
    ends = [(round(left), max(round(right), round(left) + 1)) for left, right in columns]
    pieces = [writing[:, left:right] for left, right in ends]
    if len(pieces) != len(text) or not all(piece.any() for piece in pieces):
        return None
    images = [frame(thicken(piece)) for piece in pieces]
    found = predict(model.network, np.stack(images), model.calibration, engine="reference")
    candidates = []
    for place, (piece, (left, _)) in enumerate(zip(pieces, ends, strict=True)):
        rows, across = tight_window(piece)
        edges = (across.start + left, rows.start, across.stop + left, rows.stop)
        corner = (drawn.corner[1], drawn.corner[0]) * 2
        box = tuple(round((edge + offset) / ink.scale) for edge, offset in zip(edges, corner, strict=True))
        candidates.append(
            DigitCandidate(
                (place, place + 1),
                COLUMN_COST,
                (box[0], box[1], box[2], box[3]),
                images[place],
                found.probabilities[place],
                float(found.is_digit[place]),
            )
        )
    posteriors = np.asarray(found.probabilities, np.float64)
    return SegmentReading(tuple(map(int, text)), tuple(candidates), posteriors, fits=True)
