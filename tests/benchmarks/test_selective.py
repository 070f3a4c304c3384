"""The simulated rules: their populations' formulas, and what tells the rules apart."""

import pytest
from benchmarks.selective.__main__ import simulate, tabulate
from benchmarks.selective.populations import LIMIT, POPULATIONS, Population
from benchmarks.selective.rules import RULES


@pytest.mark.parametrize("population", POPULATIONS, ids=lambda population: population.name)
def test_errors_above_a_threshold_are_those_of_the_formula(population: Population) -> None:
    drawn = [population.draw(run) for run in range(40)]
    for threshold in (0.0, 0.5):
        accepted = [answers.confidence >= threshold for answers in drawn]
        wrong = sum((~answers.right[taken]).sum() for answers, taken in zip(drawn, accepted, strict=True))
        share = wrong / sum(taken.sum() for taken in accepted)
        assert share == pytest.approx(population.error_above(threshold), rel=0.25)


def test_counting_every_answer_of_a_writer_breaks_the_limit_and_one_of_each_does_not() -> None:
    population = Population("told", 200, 40, 0.08, 0.002)
    broken = {name: simulate(population, rule, 40)[0] for name, rule in RULES.items()}
    assert broken["Learn-then-Test, all answers"] > 0.1
    assert broken["Learn-then-Test, one per writer"] <= 0.1


def test_the_table_has_a_row_for_each_rule() -> None:
    lines = list(tabulate(1))
    assert lines[0] == f"# A limit of {100 * LIMIT:g} % on errors, simulated"
    assert sum(line.startswith(("| telling", "| blind")) for line in lines) == len(POPULATIONS) * len(RULES)
