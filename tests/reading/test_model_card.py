"""The model card says of the packaged reader what its file says."""

import re
from pathlib import Path

from mnist_nn.reading.reader_model import load_reader_model

CARD = (Path(__file__).parents[2] / "docs" / "reference" / "reader-model-card.md").read_text("utf-8")


def test_networks() -> None:
    model = load_reader_model()
    parts = [model.network.config.sizes, *{network.config.sizes for network in model.sequences}]
    assert re.findall(r"\d+(?:-\d+)+(?= \|)", CARD) == ["-".join(map(str, sizes)) for sizes in parts]


def test_what_it_promises() -> None:
    calibration = load_reader_model().number_calibration
    assert calibration is not None
    point = calibration.operating_point(0.01)
    assert f"| 1 % (the default) | {100 * point.coverage:.1f} % | {100 * point.error:.2f} % |" in CARD
    assert f"value: {point.coverage:.3f}\n" in CARD
    assert f"value: {point.error:.4f}\n" in CARD
