import json
from collections.abc import Callable
from typing import Any

from mnist_nn.cli.commands.schema import _complete
from mnist_nn.cli.documents import DOCUMENTS, schema_of

Cli = Callable[..., Any]


def test_schema_lists_and_prints(cli: Cli) -> None:
    lines = cli("schema").out.splitlines()
    assert [line[:16].strip().replace(" ", "-") for line in lines] == list(DOCUMENTS)
    assert all(line.endswith(".") and len(line) > 30 for line in lines)
    assert json.loads(cli("schema", "train").out) == schema_of("train")
    assert cli("schema", "data", "info").out == cli("schema", "data-info").out
    outcome = cli("schema", "trian")
    assert outcome.code == 2
    assert "unknown command 'trian'; choose one of: audit, calibrate" in outcome.err


def test_a_shell_completes_the_names_of_commands() -> None:
    assert _complete("data") == ["data-export", "data-info", "data-verify"]
