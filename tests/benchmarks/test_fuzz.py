"""Fuzzers: a few hundred inputs are read or refused in one line, the same on each run; and what is not is a finding."""

from collections import Counter
from pathlib import Path

import pytest
from benchmarks.fuzz import worker
from benchmarks.fuzz.__main__ import Tried, fuzz, make_section
from benchmarks.fuzz.make_starts import STARTS, make_starts
from benchmarks.fuzz.targets import TARGETS

from benchmarks import report
from mnist_nn.errors import MnistNNError

INPUTS, FEW = 40, 3
SLOW = {"reader", "reader-model", "html", "c"}  # they read a page, or run a program
MADE = ("trained", "exported")  # files that differ from one version, or machine, to another
CALM = {worker.READ, worker.REFUSED}


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_made_up_is_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]
    with target.opened(tmp_path) as read:
        assert {worker.try_input(read, start) for start in target.starts} >= {worker.READ}
        for number in range(FEW if name in SLOW else INPUTS):
            said = worker.try_input(read, target.make_input(name, 0, number))
            assert said in CALM, f"python -m benchmarks.fuzz --target {name} --seed 0 --inputs {number + 1}"


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_follow_from_the_seed(name: str) -> None:
    one, again, other = ([TARGETS[name].make_input(name, seed, n) for n in range(5)] for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_files_to_start_from_are_those_that_the_script_makes() -> None:
    made = {name: len(data) for name, data in make_starts() if not name.endswith(MADE)}
    kept = {f"{path.parent.name}/{path.name}": path.stat().st_size for path in STARTS.glob("*/*")}
    assert made.items() <= kept.items()
    assert len(kept) == len(made) + 6
    assert sum(kept.values()) < 300_000


def fail(error: BaseException) -> worker.Read:
    def read(_: bytes) -> None:
        raise error

    return read


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("of NumPy"), "ValueError: of NumPy"),
        (MemoryError(), "MemoryError"),
        (MnistNNError("two\nlines"), "not in one short line"),
        (MnistNNError("x" * 2000), "not in one short line"),
    ],
)
def test_other_ends_are_findings(error: BaseException, said: str) -> None:
    assert said in worker.try_input(fail(error), b"")


def test_a_table_is_kept_of_what_was_tried(tmp_path: Path) -> None:
    tried = Tried("pdf", Counter({worker.READ: 3, worker.REFUSED: 1}), 0.25, ["pdf-1-2: it takes long"])
    section = make_section([tried], 1, 60.0, {})
    assert "| pdf | 5 | 3 | 1 | 0 | 1 | 250 |" in report.save(section, tmp_path).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_process_of_its_own_reads_them() -> None:
    tried = fuzz("pattern", 3, inputs=5)
    assert tried.counts.total() == tried.inputs == 5
