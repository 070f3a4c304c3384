from collections.abc import Callable
from typing import Any

from schema_checks import check


def test_sweep_prints_what_its_schema_says(cli: Callable[..., Any]) -> None:
    few = ("sweep", "--subset", "200", "--epochs", "1", "--engine", "reference", "--json")
    several = cli(*few, "--rate", "0.03,0.1", "--seeds", "2", "--csv", "a.csv").json
    varied = ("--hidden", "8,none", "--activation", "tanh,relu", "--l2", "0,1e30", "--rate", "1e10")
    check("sweep", several, cli(*few, *varied, "--seeds", "1", "--csv", "b.csv").json)
