from collections.abc import Callable
from pathlib import Path
from typing import Any

from schema_checks import check

Cli = Callable[..., Any]


def test_the_commands_of_data_print_what_their_schemas_say(cli: Cli, tmp_path: Path) -> None:
    check("data-info", cli("data", "info", "--json").json)
    check("data-export", cli("data", "export", "copy", "--json").json)
    (tmp_path / "copy" / "t10k-labels-idx1-ubyte").write_bytes(b"short")
    whole, damaged = cli("data", "verify", "--json"), cli("data", "verify", "copy", "--json")
    assert (whole.code, damaged.code) == (0, 2)
    check("data-verify", whole.json, damaged.json)
