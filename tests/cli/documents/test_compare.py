from collections.abc import Callable
from pathlib import Path
from typing import Any

from schema_checks import check


def test_compare_prints_what_its_schema_says(cli: Callable[..., Any], model: Path) -> None:
    few = "--subset 300 --epochs 1"
    by_seeds = cli("compare", few, f"{few} --hidden 9", "--seeds", "2", "--engine", "reference", "--json").json
    check("compare", by_seeds, cli("compare", model, model, "--json").json)
