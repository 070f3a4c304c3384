import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from schema_checks import check

from mnist_nn.cli.check_code.worker import check_file
from mnist_nn.cli.documents.check_code import CheckCodeDocument
from mnist_nn.util.documents import as_json

Cli = Callable[..., Any]
WRONG = Path(__file__).parents[2] / "shared" / "student_programs" / "wrong"


def test_every_field_comes_and_is_as_the_schema_says() -> None:
    answers = [
        json.loads(check_file(str(WRONG / f"{name}.py"), {}))
        for name in ("no_derivative_columns", "wrong_sign_error", "gone")
    ]
    document = json.loads(as_json(CheckCodeDocument.model_validate_json(json.dumps(answers))))
    assert document == answers
    check("check-code", document)


@pytest.mark.slow
def test_the_command_prints_it(cli: Cli) -> None:
    outcome = cli("check-code", WRONG / "no_derivative_columns.py", "gone.py", "--json")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    check("check-code", outcome.json)
