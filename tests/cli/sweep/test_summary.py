from collections.abc import Callable
from typing import Any


def test_the_summary_names_the_best_and_its_files(cli: Callable[..., Any]) -> None:
    few = ("--subset", "200", "--epochs", "1", "--engine", "reference", "--seeds", "2")
    outcome = cli("sweep", *few, "--rate", "0.001,0.1")
    assert outcome.code == 0
    assert outcome.out.split("\n")[0].split() == ["configuration", "learning_rate", "held", "out", "±", "diverged"]
    assert "Best            configuration 2, by held-out images" in outcome.out
    for part in ("(mean ± standard deviation of 2 seeds)", "2 configurations, 4 runs", "mnist-sweep.html"):
        assert part in outcome.out
    assert outcome.err.count("configuration") == 4
