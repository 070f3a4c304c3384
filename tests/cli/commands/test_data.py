from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn.data import sources

Cli = Callable[..., Any]


def test_data_info_verify_export(cli: Cli, tmp_path: Path) -> None:
    assert "5,923" in cli("data", "info").out
    assert cli("data", "info", "--json").json["counts"]["test"][1] == 1135
    assert cli("data", "verify").out.count("ok ") == 4
    assert cli("data", "export", "copy", "--gzip").code == 0
    assert cli("data", "verify", "copy").code == 0
    assert cli("data", "export", "copy").code == 2, "it never overwrites unless told"
    damaged = tmp_path / "copy" / "t10k-labels-idx1-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:100])
    outcome = cli("data", "verify", "copy")
    assert outcome.code == 2
    assert "BAD" in outcome.out


def test_missing_fashion_mnist_says_how_to_get_it(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sources._NAMED, "fashion-mnist", lambda: sources._fashion_mnist(tmp_path / "nowhere"))
    outcome = cli("data", "info", "fashion-mnist")
    assert outcome.code == 2
    assert "apt install dataset-fashion-mnist" in outcome.err
