from collections.abc import Callable
from pathlib import Path
from typing import Any

from schema_checks import check

from mnist_nn import Model, Network, save_model

Cli = Callable[..., Any]


def test_report_prints_what_its_schema_says(cli: Cli, model: Path) -> None:
    save_model("bare.safetensors", Model(Network.create()))
    whole, bare = (cli("report", path, "--json").json for path in (model, "bare.safetensors"))
    assert len(bare["left_out"]) > len(whole["left_out"])
    check("report", whole, bare)
