"""Boxes grouped to digits, digits to numbers, numbers to text lines."""

from dataclasses import replace

import numpy as np

from mnist_nn.imaging.segment import text_lines
from mnist_nn.imaging.segment.text_lines import TEXT_LINES, lay_out


def boxes(*windows: tuple[int, int, int, int]) -> text_lines.Boxes:
    return np.array(windows, np.float64)


def test_close_lines_of_full_height_are_not_joined_into_one_digit() -> None:
    two_lines = boxes((0, 0, 20, 40), (0, 44, 20, 84), (30, 0, 50, 40), (30, 44, 50, 84))
    assert len(set(text_lines.group_digits(two_lines, 40.0).tolist())) == 4
    assert text_lines.group_numbers(two_lines, 40.0).tolist() == [0, 1, 0, 1]


def test_a_long_stray_line_chains_no_numbers() -> None:
    page = boxes((0, 0, 20, 40), (30, -300, 34, 400), (0, 90, 20, 130))
    assert len(set(text_lines.group_numbers(page, 40.0).tolist())) == 3


def test_lines_are_counted_down_the_page_though_they_bend() -> None:
    climbing = [(60 * i, 200 - 8 * i, 60 * i + 50, 240 - 8 * i) for i in range(8)]
    level = [(60 * i, 270, 60 * i + 50, 310) for i in range(8)]
    assert text_lines.number_lines(boxes(*climbing, *level)).tolist() == [0] * 8 + [1] * 8


def test_nothing_makes_no_lines() -> None:
    none = np.empty((0, 4))
    assert text_lines.number_lines(none).tolist() == text_lines.group_numbers(none, 10.0).tolist() == []


def test_a_lone_low_mark_knows_the_height_of_what_stands_beside_it() -> None:
    comma = boxes((0, 0, 25, 40), (40, 34, 45, 46), (70, 0, 95, 40))
    layout = lay_out(comma, np.full(3, 100.0), close_up=False)
    around = {number.digits[0]: number.height_around_px for number in layout.numbers if len(number.digits) == 1}
    assert around[1] == 40


def test_a_close_up_is_one_number() -> None:
    apart = boxes((0, 0, 10, 40), (60, 0, 80, 40))
    assert len(lay_out(apart, np.full(2, 100.0), close_up=False).numbers) == 2
    (number,) = lay_out(apart, np.full(2, 100.0), close_up=True).numbers
    assert number.digits.tolist() == [0, 1]
    assert number.box == (0, 0, 80, 40)


def test_how_far_digits_stand_apart_is_a_parameter() -> None:
    apart = boxes((0, 0, 20, 40), (60, 0, 80, 40))
    wide = replace(TEXT_LINES, number_gap_heights=1.5)
    assert len(lay_out(apart, np.full(2, 100.0), close_up=False, parameters=wide).numbers) == 1


def test_a_long_tail_makes_no_other_digit_low() -> None:
    tailed = boxes((0, 0, 20, 40), (30, 0, 50, 75), (60, 0, 80, 41), (90, 0, 110, 39))
    (number,) = lay_out(tailed, np.full(4, 100.0), close_up=False).numbers
    assert number.height_px == number.height_around_px == 41


def test_small_marks_do_not_make_a_number_low() -> None:
    assert text_lines.typical_height(np.array([40.0, 9.0, 41.0, 8.0, 9.0])) == 40


def test_of_a_close_up_only_what_lies_above_each_other_may_be_one_broken_digit() -> None:
    halves, beside = boxes((0, 0, 30, 18), (10, 30, 40, 48)), boxes((0, 0, 10, 40), (60, 0, 80, 75), (90, 0, 99, 40))
    heights = [lay_out(each, np.full(len(each), 9.0), close_up=True).numbers[0].height_px for each in (halves, beside)]
    assert heights == [48, 40]


def test_marks_are_in_no_number_and_are_named_beside_it() -> None:
    page = boxes((0, 0, 25, 40), (35, 0, 60, 40), (70, 18, 90, 22), (0, 70, 25, 110), (35, 70, 60, 110))
    layout = lay_out(page, np.full(5, 100.0), close_up=False)
    assert [(number.digits.tolist(), number.marks) for number in layout.numbers] == [
        ([0, 1], ("a dash",)),
        ([3, 4], ()),
    ]
    assert layout.digits == 5


def test_a_stray_upright_joins_no_rows() -> None:
    page = boxes((0, 0, 25, 40), (0, 64, 25, 104), (40, -4, 46, 108))
    layout = lay_out(page, np.full(3, 100.0), close_up=False)
    assert [(number.digits.tolist(), number.line) for number in layout.numbers] == [([0], 0), ([1], 1)]
    assert {number.marks for number in layout.numbers} == {("an upright line",)}


def test_a_number_written_wide_is_one_number() -> None:
    wide = boxes(*((56 * place, 0, 56 * place + 20, 40) for place in range(4)))
    assert len(lay_out(wide, np.full(4, 100.0), close_up=False).numbers) == 1


def test_the_ink_of_a_printed_bar_does_not_tell_how_high_digits_are() -> None:
    digits = boxes(
        *((60 * column, 100 + 80 * row, 60 * column + 30, 140 + 80 * row) for column in range(5) for row in range(3))
    )
    page = np.concatenate([digits, boxes((0, 0, 900, 60))])
    areas = np.array([*[350.0] * len(digits), 36_000.0])
    assert text_lines.digit_height(page, areas) == 40
