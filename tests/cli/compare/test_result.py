"""What is said of a comparison."""

from mnist_nn.cli.compare.result import Comparison, Side, describe
from mnist_nn.evaluation.comparison import Difference


def compare(difference: Difference, *, diverged: tuple[int, ...] = (), spread: float = 0.001) -> Comparison:
    a, b = Side("small", (0.94, 0.95)), Side("wide", (0.95, 0.96 + spread))
    return Comparison(a, b, "mnist", difference, seeds=(0, 1), diverged=diverged)


def test_a_difference_is_shown_with_its_size_and_its_interval() -> None:
    text = describe(compare(Difference(0.0105, (0.0041, 0.0169), 0.01)))
    assert "A            94.50 ± 0.71 %  small" in text
    assert "+1.05 points, B - A  (95 % interval +0.41 to +1.69)" in text
    assert "p = 0.01  (paired t-test, 2 seeds)" in text
    assert "B is better" in text


def test_the_worse_side_is_not_the_better_one() -> None:
    assert compare(Difference(-0.01, (-0.02, -0.001), 0.04)).better == "a"
    assert compare(Difference(-0.01, (-0.02, 0.001), 0.06)).better is None


def test_what_it_takes_and_what_is_left_out_is_said() -> None:
    found = compare(Difference(0.0, (-0.1, 0.1), 0.9), diverged=(3, 5), spread=1000.0)
    assert "more than a million seeds" in describe(found)
    assert "seeds that made a run diverge: 3, 5" in describe(found)
