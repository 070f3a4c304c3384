"""Every gradient of a recording has its numbers; without the training's data there are none."""

from dataclasses import replace
from typing import Any

from mnist_nn import Dataset
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import Missing, gradients


def test_every_gradient_has_its_numbers(page: Any, measured: Measurements) -> None:
    norms = measured.gradient_norms
    assert norms is not None
    assert page.table("epochs", "layer 1", "output layer") == [
        [f"{epoch:g}", *(f"{value:.4g}" for value in values)]
        for epoch, values in zip(norms.epochs, norms.values, strict=True)
    ]


def test_it_says_where_gradients_were_taken(measured: Measurements) -> None:
    assert "at every epoch of the recording" in gradients.write(measured)
    assert "with the initial weights and with the final ones" in gradients.write(replace(measured, recording=None))


def test_why_there_are_none(measured: Measurements, untrained: Measurements, few: Dataset) -> None:
    unnamed = replace(measured, model=replace(measured.model, data={}))
    assert gradients.write(untrained) == Missing("the file does not contain the training that made the model")
    assert gradients.write(unnamed) == Missing("the file does not say which data the model was trained on")
    assert isinstance(gradients.write(replace(measured, data=few)), Missing)
