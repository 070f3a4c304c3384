"""The moving average of the weights, against the sum that it is short for."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import Network, NetworkConfig
from mnist_nn.training.averaging import update_average

SHAPE = NetworkConfig(inputs=3, hidden=(2,), outputs=2, dtype="float64")


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 0.99), st.integers(1, 6))
def test_it_is_the_mean_of_all_epochs_with_weights_that_fall_by_the_decay(decay: float, epochs: int) -> None:
    networks = [Network.create(SHAPE, seed) for seed in range(epochs)]
    average = None
    for epoch, network in enumerate(networks, 1):
        average = update_average(average, network, epoch, decay)
    assert average is not None
    shares = decay ** np.arange(epochs - 1, -1, -1.0)
    for i, found in enumerate(average.parameters):
        expected = np.average([network.parameters[i] for network in networks], axis=0, weights=shares)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
