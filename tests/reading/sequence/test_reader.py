"""Numbers read as lines by networks that learned it: texts, their probabilities, and where their digits stand."""

from collections.abc import Iterator

import numpy as np
import pytest
from small_sequence_networks import draw_page

from mnist_nn import Dataset, Network
from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.imaging.segment.number_ink import NumberInk, draw_number
from mnist_nn.imaging.segment.numbers import find_numbers
from mnist_nn.reading.constraints import ANY_NUMBER, build_constraint
from mnist_nn.reading.sequence.decode import DecodeParameters
from mnist_nn.reading.sequence.line import LINE, LineParameters
from mnist_nn.reading.sequence.reader import SequenceParameters, SequenceReading, read_lines

Networks = tuple[Network, Network]
FITS = LINE.page_fits
HELD_OUT = 20_000  # training images from here on were not learned from


def draw_numbers(mnist: Dataset, count: int, digits: int = 4) -> Iterator[tuple[NumberInk, str]]:
    for start in range(HELD_OUT, HELD_OUT + count * digits, digits):
        ink = find_ink(draw_page(mnist.train.images[start : start + digits], pitch=30))
        label = "".join(map(str, mnist.train.labels[start : start + digits]))
        yield draw_number(ink, find_numbers(ink), whole_width=True), label


@pytest.fixture(scope="module")
def drawn(mnist: Dataset) -> tuple[list[NumberInk], list[str]]:
    numbers, labels = zip(*draw_numbers(mnist, 24), strict=True)
    return list(numbers), list(labels)


def sure(reading: SequenceReading | None) -> SequenceReading:
    assert reading is not None
    return reading


def best(reading: SequenceReading | None) -> str:
    return sure(reading).texts[int(sure(reading).mixture.argmax())]


def test_many_of_the_numbers_are_read(sequence_networks: Networks, drawn: tuple[list[NumberInk], list[str]]) -> None:
    numbers, labels = drawn
    readings = read_lines(sequence_networks, numbers, ANY_NUMBER, FITS)
    right = sum(best(reading) == label for reading, label in zip(readings, labels, strict=True))
    assert right >= len(labels) / 4  # by chance none of 24 is


def test_probabilities_are_those_of_texts_of_which_there_are_more(
    sequence_networks: Networks, drawn: tuple[list[NumberInk], list[str]]
) -> None:
    for reading in map(sure, read_lines(sequence_networks, drawn[0][:6], ANY_NUMBER, FITS)):
        assert reading.probabilities.shape == (2, len(reading.texts))
        assert (reading.probabilities.sum(axis=1) <= 1 + 1e-9).all()
        assert reading.mixture == pytest.approx(reading.probabilities.mean(axis=0))
        assert reading.accepted.tolist() == [1.0, 1.0]
        assert len(set(reading.texts)) == len(reading.texts)


def test_numbers_read_together_are_read_as_alone(
    sequence_networks: Networks, drawn: tuple[list[NumberInk], list[str]]
) -> None:
    together = read_lines(sequence_networks, drawn[0][:4], ANY_NUMBER, FITS)
    for number, reading in zip(drawn[0], map(sure, together), strict=False):
        alone = sure(read_lines(sequence_networks, [number], ANY_NUMBER, FITS)[0])
        assert alone.texts[0] == reading.texts[0]
        assert alone.mixture[0] == pytest.approx(reading.mixture[0], rel=1e-3)


def test_a_constraint_raises_what_satisfies_it(
    sequence_networks: Networks, drawn: tuple[list[NumberInk], list[str]]
) -> None:
    numbers, labels = drawn[0][:8], drawn[1][:8]
    constraint = build_constraint(one_of=[*labels, "1357", "24680"])
    readings = [sure(reading) for reading in read_lines(sequence_networks, numbers, constraint, FITS)]
    free = read_lines(sequence_networks, numbers, ANY_NUMBER, FITS)
    right, right_without = (
        sum(best(reading) == label for reading, label in zip(one, labels, strict=True)) for one in (readings, free)
    )
    assert right > max(right_without, len(labels) / 2)
    for reading in readings:
        assert all(constraint.accepts(text) for text in reading.texts)
        assert (reading.accepted <= 1 + 1e-9).all()


def test_texts_that_are_known_are_weighed_if_they_satisfy_the_constraint(
    sequence_networks: Networks, drawn: tuple[list[NumberInk], list[str]]
) -> None:
    four = build_constraint(length=4)
    (reading,) = read_lines(sequence_networks, drawn[0][:1], four, FITS, [["0909", "123"]])
    assert "0909" in sure(reading).texts
    assert "123" not in sure(reading).texts


def test_digits_are_located_where_they_stand(
    sequence_networks: Networks, drawn: tuple[list[NumberInk], list[str]]
) -> None:
    right = 0
    for number, label in zip(*drawn, strict=True):
        reading = sure(read_lines(sequence_networks, [number], ANY_NUMBER, FITS, [[label]])[0])
        if best(reading) != label:
            continue
        right += 1
        columns = reading.locate(label)
        assert len(columns) == len(label)
        middles = 20 + 30 * np.arange(4) + 14 - number.corner[1]  # of the digits, as they were drawn
        for (left, stop), middle in zip(columns, middles, strict=True):
            assert left < middle < stop
    assert right
    assert reading.locate("1" * 300) == []


def test_several_fits_are_averaged(sequence_networks: Networks, drawn: tuple[list[NumberInk], list[str]]) -> None:
    number = drawn[0][0]
    text = ["7777"]
    fits = LINE.field_fits[:3]
    each = [sure(read_lines(sequence_networks, [number], ANY_NUMBER, [fit], [text])[0]) for fit in fits]
    together = sure(read_lines(sequence_networks, [number], ANY_NUMBER, fits, [text])[0])
    mean = np.mean([one.probabilities[:, one.texts.index("7777")] for one in each], axis=0)
    assert together.probabilities[:, together.texts.index("7777")] == pytest.approx(mean, rel=1e-3, abs=1e-12)


def test_a_number_too_long_for_a_line_is_left(
    sequence_networks: Networks, drawn: tuple[list[NumberInk], list[str]]
) -> None:
    short = SequenceParameters(line=LineParameters(widest_columns=10))
    assert read_lines(sequence_networks, drawn[0][:2], ANY_NUMBER, FITS, (), short) == [None, None]
    assert read_lines(sequence_networks, [], ANY_NUMBER, FITS) == []


def test_a_list_too_long_to_be_summed_reads_the_same(
    sequence_networks: Networks, drawn: tuple[list[NumberInk], list[str]]
) -> None:
    constraint = build_constraint(one_of=[*drawn[1], *map(str, range(1000, 9000, 11))])
    few = read_lines(sequence_networks, drawn[0][:6], constraint, FITS)
    exact = SequenceParameters(decode=DecodeParameters(most_completions=10**9))
    summed = read_lines(sequence_networks, drawn[0][:6], constraint, FITS, (), exact)
    for one, other in zip(map(sure, few), map(sure, summed), strict=True):
        assert best(one) == best(other)
        assert one.mixture.max() >= other.mixture.max() - 1e-9
