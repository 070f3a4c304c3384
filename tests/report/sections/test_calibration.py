"""The calibration diagram is drawn, before and after the temperature."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import calibration


def test_a_calibrated_model_is_drawn_before_and_after_its_temperature(
    parse: Callable[[str], Any], measured: Measurements
) -> None:
    section = parse(str(calibration.write(measured)))
    own, tempered = (found.error for found in measured.reliabilities.values())
    errors = f"without temperature: {own:.4f}; with temperature: {tempered:.4f}."
    assert own != tempered
    assert errors in section.names[0]
    assert errors in section.text
    assert "The temperature was fitted on held-out images" in section.text


def test_another_model_has_one_curve(parse: Callable[[str], Any], measured: Measurements) -> None:
    plain = replace(measured, model=replace(measured.model, calibration=None))
    section = parse(str(calibration.write(plain)))
    assert "with temperature" not in section.names[0]
    assert "The temperature was fitted" not in section.text
