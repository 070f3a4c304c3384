import pytest
from benchmarks.reading.answers import Answer
from benchmarks.reading.paper_rows import TARGETS, Targets, draw_papers, reading_rows
from benchmarks.reading.rows import ROWS

from mnist_nn.data.handwriting.papers.kinds import KINDS


def test_three_rows_say_what_is_right_accepted_and_wrong():
    answers = [Answer("12", "12"), Answer("12", ""), Answer("1 2", "1 2"), Answer("", "")]
    right, accepted, wrong = reading_rows("papers", answers, ["12"] * 4, Targets(0.5, 0.6, 0.6), "a note")
    assert (right.measured, right.reached, right.notes[-6:]) == ("50.00%", True, "a note")
    assert (accepted.measured, accepted.reached) == ("50.00%", False)
    assert (wrong.measured, wrong.target, wrong.reached) == ("50.00% wrong", "≤ 60% wrong", True)


def test_a_share_of_errors_is_printed_as_it_was_asked_for():
    (*_, wrong) = reading_rows("papers", [Answer("1", "1")], ["1"], Targets(wrong=0.015))
    assert wrong.target == "≤ 1.5% wrong"


def test_without_targets_nothing_is_reached_or_missed():
    assert {row.reached for row in reading_rows("papers", [Answer("1", "1")], ["1"], Targets())} == {None}


@pytest.mark.slow
@pytest.mark.parametrize("kind", TARGETS)
def test_papers_follow_from_the_seed(kind):
    first, again, other = (draw_papers(kind, 2, seed) for seed in (1, 1, 2))
    assert [paper.pixels.tobytes() for paper in first] == [paper.pixels.tobytes() for paper in again]
    assert first[0].pixels.tobytes() != other[0].pixels.tobytes()


def test_every_kind_with_targets_has_its_row():
    assert set(TARGETS) <= set(KINDS)
    assert {"crops", "fields", "cheques", "registers", "hands"} <= set(ROWS)
