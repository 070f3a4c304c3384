"""``check-code`` as a student and a teacher meet it, mistakes included."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn.cli.check_code import run

Cli = Callable[..., Any]
PROGRAMS = Path(__file__).parents[2] / "shared" / "student_programs"
RIGHT, WRONG = PROGRAMS / "right" / "adds_target_minus_output.py", PROGRAMS / "wrong" / "no_derivative_columns.py"


def test_one_file_is_explained(cli: Cli) -> None:
    outcome = cli("check-code", WRONG)
    assert (outcome.code, outcome.err) == (1, "")
    assert "δ_h: σ'(z_h) is left out (no_derivative)." in outcome.out


@pytest.mark.slow
def test_a_whole_class_has_a_line_each(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "loop.py").write_text("while True: pass", encoding="utf-8")
    (tmp_path / "stub.py").write_text("def train(x, y, W1, b1, W2, b2): raise NotImplementedError", encoding="utf-8")
    outcome = cli("check-code", RIGHT, WRONG, "loop.py", "stub.py", "gone.py", "--time-limit", "15")
    width = max(len(str(path)) for path in (RIGHT, WRONG))
    assert outcome.out.splitlines() == [
        f"{RIGHT!s:{width}}  right",
        f"{WRONG!s:{width}}  δ_h no_derivative",
        f"{'stub.py':{width}}  The code stops: NotImplementedError",
    ]
    loop, gone = outcome.err.splitlines()
    assert loop.startswith("mnist-nn: loop.py did not finish within 15 seconds")
    assert gone == "mnist-nn: there is no file 'gone.py'; give the path of a student's .py file"
    assert outcome.code == 2
    assert cli("check-code", RIGHT, RIGHT).code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--layers", "12,x"), "--layers is '12,x'; give whole numbers separated by commas, such as 12,7,10"),
        (("--meant", "spam"), "--meant is 'spam'; give a name and what it means, such as spam=W1"),
        (("--time-limit", "0"), "--time-limit is 0.0; give a number above 0"),
        (("--loss", "hinge"), "unknown loss 'hinge'; choose one of: classic_mse, mse, cross_entropy"),
        (("--output", "softmax"), "there is no loss 'classic_mse' for 'softmax' outputs"),
    ],
)
def test_mistakes_are_said_in_one_line_before_anything_runs(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    monkeypatch.setattr(run, "run", None)
    outcome = cli("check-code", RIGHT, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
