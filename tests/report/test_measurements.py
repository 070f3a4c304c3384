"""What a report measures: gradients, thresholds and reliabilities, of a model and data that belong together."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn import Dataset, Network
from mnist_nn.errors import ConfigError
from mnist_nn.report.measurements import Measurements


def test_gradients_are_taken_over_a_recording_or_at_both_ends(measured: Measurements) -> None:
    norms, ends = measured.gradient_norms, replace(measured, recording=None).gradient_norms
    assert norms is not None
    assert ends is not None
    assert norms.epochs.tolist() == [0, 1, 2, 3]
    assert ends.epochs.tolist() == [0, 3]
    np.testing.assert_array_equal(ends.values, norms.values[[0, -1]])


def test_thresholds_out_of_reach_are_left_out(measured: Measurements, untrained: Measurements) -> None:
    assert [found.max_error for found in measured.thresholds] == [0.02, 0.05]
    assert [found.held_out_coverage for found in measured.thresholds] == [0.4, 0.7]
    assert untrained.thresholds == ()


def test_a_temperature_changes_how_sure_answers_are(measured: Measurements, untrained: Measurements) -> None:
    assert list(measured.reliabilities) == ["without temperature", "with temperature"]
    assert list(untrained.reliabilities) == ["without temperature"]


def test_it_knows_the_data_that_the_model_learned_from(measured: Measurements, few: Dataset) -> None:
    assert measured.trained_on_this_data
    assert not replace(measured, data=few).trained_on_this_data


def test_a_recording_of_another_training_is_refused(measured: Measurements) -> None:
    measured.check()
    other = replace(measured, model=replace(measured.model, network=Network.create(seed=5)))
    with pytest.raises(ConfigError, match="recording belongs to another training"):
        other.check()
