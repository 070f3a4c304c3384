from collections.abc import Callable
from typing import Any

from schema_checks import check

Cli = Callable[..., Any]


def test_play_prints_what_its_schema_says(cli: Cli, begin: Callable[..., Any]) -> None:
    written, served = cli("play", "--export", "site", "--json").json, begin("play", "--no-open")
    assert (written["url"], served["folder"], served["bytes"]) == (None, None, None)
    check("play", written, served)
