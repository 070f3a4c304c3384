import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from schema_checks import check

from mnist_nn.cli.documents.verify import VerifyDocument
from mnist_nn.export.verification import Difference, Verification
from mnist_nn.util.documents import plain

Cli = Callable[..., Any]


def test_verify_prints_what_its_schema_says(cli: Cli, model: Path) -> None:
    assert cli("export", model, "--to", "npz").code == 0
    good = cli("verify", model, model.with_suffix(".npz"), "--json")
    few = ("--subset", "600", "--epochs", "1", "--engine", "reference", "--seed", "1", "--quiet")
    assert cli("train", *few).code == 0
    bad = cli("verify", model, model.with_suffix(".npz"), "--json")
    assert (good.code, bad.code) == (0, 1)
    check("verify", good.json, bad.json)


def test_a_difference_that_is_not_a_number_is_null_and_not_good() -> None:
    found = Verification("npz", "NumPy", 3, (Difference("z", math.nan, 1e-4),))
    document = plain(VerifyDocument.of(found, model=Path("m"), file=Path("m.npz")))
    assert document["differences"] == [{"output": "z", "largest": None, "tolerance": 1e-4, "good": False}]
    check("verify", document)
