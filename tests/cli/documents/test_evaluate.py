from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from schema_checks import check

from mnist_nn import Network
from mnist_nn.cli.documents.evaluate import evaluate_document
from mnist_nn.data import Samples
from mnist_nn.evaluation.metrics import evaluate
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.util.documents import plain

Cli = Callable[..., Any]


def test_evaluate_prints_what_its_schema_says(cli: Cli, model: Path) -> None:
    check("evaluate", cli("evaluate", model, "--json").json)


def test_what_was_never_measured_is_null() -> None:
    samples = Samples(np.zeros((1, 2, 2), np.uint8), np.array([1]))
    result = evaluate(Network.create(NetworkConfig(inputs=4, hidden=(3,), outputs=3)), samples)
    document = plain(evaluate_document(result, model=Path("m"), data="none", split="test", trained_on=None))
    assert document["recall"].count(None) == 2, "classes without images"
    assert document["precision"].count(None) == 2, "classes that no image was taken for"
    check("evaluate", document)
