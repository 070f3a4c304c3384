"""The weights are drawn: all units, or those with the longest vectors where there are many."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mnist_nn import Dataset, Model, Network, NetworkConfig
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import Missing, weights


def test_every_unit_of_a_small_network_is_drawn(parse: Callable[[str], Any], measured: Measurements) -> None:
    section = parse(str(weights.write(measured)))
    first, last = section.names
    assert first == "20 pictures of 28 by 28 weights, one for each unit of the first layer."
    assert last == "A matrix of 10 by 20 weights, from every unit of the last hidden layer to every class."


def test_of_many_units_those_with_the_longest_vectors(parse: Callable[[str], Any], untrained: Measurements) -> None:
    section = parse(str(weights.write(untrained)))
    assert "These are the 64 of 800 units with the largest weight vectors." in section.text
    lengths = np.linalg.norm(untrained.model.network.weights[0], axis=1)
    titles = {int(text) for text in section.text.split() if text.isdigit()}
    assert set(np.argsort(lengths)[-64:].tolist()) <= titles
    assert len(section.names) == 1, "8,000 weights are too many for a matrix"


def test_inputs_that_are_no_square_are_no_pictures(make_data: Callable[[Any, Any], Dataset]) -> None:
    data = make_data(np.zeros((4, 7), np.float32), np.arange(4))
    network = Network.create(NetworkConfig(inputs=7, hidden=(3,), outputs=4))
    assert weights.write(Measurements("m", Model(network), data)) == Missing("the network's inputs are not pictures")
