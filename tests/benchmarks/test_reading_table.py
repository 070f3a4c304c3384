import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from benchmarks.reading import report
from benchmarks.reading.answers import MAX_ERROR, Answer, Pool, answer
from benchmarks.reading.bench import Bench
from benchmarks.reading.pages import SyntheticPage, TrueDigit, TrueNumber
from benchmarks.reading.row import Row
from benchmarks.reading.rows import max_error_rows
from benchmarks.reading.score import PageScore, matches, overlap, score
from benchmarks.reading.styles import STYLES
from patience import PATIENCE

ABOUT = {
    "date": "2026-01-01",
    "commit": "abc",
    "processor": "P",
    "cores": 2,
    "memory_gib": 24,
    "python": "3.11",
    "packages": {"numpy": "2"},
    "load_before": [0.1],
    "seconds": 12.0,
    "fonts": ["Pillow's own"],
    "command": "python -m benchmarks.reading",
    "model": "m",
}


@dataclass
class Read:
    """What a reader would have found: a digit or a number."""

    text: str
    box: tuple[int, int, int, int]
    decision: str = "digit"
    digits: tuple["Read", ...] = ()


def write(text: str, left: int, top: int) -> TrueNumber:
    digits = tuple(
        TrueDigit(int(one), (left + 20 * i, top, left + 20 * i + 15, top + 30)) for i, one in enumerate(text)
    )
    return TrueNumber(text, (left, top, digits[-1].box[2], top + 30), digits, 0)


def read(number: TrueNumber, text: str, decision: str = "digit", right: int = 0) -> Read:
    digits = tuple(
        Read(one, (d.box[0] + right, d.box[1], d.box[2] + right, d.box[3]))
        for one, d in zip(text, number.digits, strict=True)
    )
    return Read(text, number.box, decision, digits)


@dataclass
class Reading:
    numbers: list[Read]


def test_boxes_overlap_as_their_areas_say():
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (0, 5, 10, 15)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0
    assert overlap((0, 0, 10, 10), (20, 20, 30, 30)) == 0  # apart in both directions


def test_each_box_is_matched_once_and_with_its_best():
    true = [Read("1", (0, 0, 10, 10))]
    found = [Read("2", (0, 0, 10, 8)), Read("1", (0, 0, 10, 10))]
    assert [(a.text, b.text) for a, b in matches(true, found)] == [("1", "1")]


def test_a_page_is_counted_digit_by_digit_and_number_by_number():
    first, second, third = write("1234", 0, 0), write("5678", 0, 50), write("90", 0, 100)
    page = SyntheticPage(np.zeros((200, 200), np.uint8), (first, second, third), STYLES["plain"], 0)
    found = Reading(
        [
            read(first, "1234"),
            read(second, "5679"),
            read(third, "90", "doubtful", right=9),  # beside the ink: not found
            Read("7", (150, 150, 160, 180), "digit", (Read("7", (150, 150, 160, 180)),)),
        ]
    )
    assert score(page, lambda _: found) == PageScore(
        digits=10,
        found=8,
        right=7,
        numbers=3,
        wholes=2,
        wholes_right=1,
        invented=3,
        accepted=3,
        accepted_right=1,
    )


def test_scores_add_up():
    total = PageScore(digits=1, right=1) + PageScore(digits=2, invented=4)
    assert (total.digits, total.right, total.invented) == (3, 1, 4)


def test_an_answer_has_all_that_was_seen_and_all_that_was_accepted():
    seen = [Read("12", (0, 0, 1, 1)), Read("3", (0, 0, 1, 1), "doubtful"), Read("#", (0, 0, 1, 1), "not a digit")]
    assert answer(Reading(seen)) == Answer("12 3 #", "12")
    assert answer(Reading([])) == Answer("", "")


def test_accepted_answers_that_are_wrong_count_as_errors():
    pool = Pool.__new__(Pool)
    bench = Bench(pool, None, 4, 0)
    bench.truth = ["1", "2", "3", "4"]
    given = [Answer("1", "1"), Answer("9", "9"), Answer("9", ""), Answer("4", "4")]
    bench._kept = {(name, MAX_ERROR): given for name in ("28×28", "plain", "shifted", "noisy")}
    for row in max_error_rows(bench):
        assert row.reached is False
        assert row.measured == "33.33% wrong"
        assert row.values["coverage"] == 0.75
        assert row.values["wrong"] == 1


def test_the_table_says_what_was_missed(tmp_path):
    rows = [
        Row("one", "≥ 95.00%", "96.00%", reached=True),
        Row("two", "≥ 95.00%", "94.00%", reached=False),
        Row("three", "–", "50.00%", reached=None),
    ]
    text = report.save(rows, ABOUT, tmp_path).read_text(encoding="utf-8")
    assert "| one | ≥ 95.00% | 96.00% | yes |  |" in text
    assert "| two | ≥ 95.00% | 94.00% | **no** |  |" in text
    assert "| three | – | 50.00% | – |  |" in text
    assert "1 of 2 targets reached" in text
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [row["reached"] for row in kept["rows"]] == [True, False, None]
    assert kept["about"]["command"] == ABOUT["command"]


def test_the_launcher_measures_each_process_by_itself():
    program = f"data = b'x' * {200 * 2**20}; import time; time.sleep(0.05)"
    launcher = [sys.executable, "-m", "benchmarks.reading.launch", "1"]
    command = [*launcher, sys.executable, "-S", "-c", program]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=PATIENCE
    )
    found = json.loads(done.stdout)
    assert len(found["seconds"]) == len(found["megabytes"]) == 1  # the first run does not count
    assert found["seconds"][0] > 0.05
    assert 200 < found["megabytes"][0] < 250
