"""The exponential moving average of the weights over the epochs of a run, which is often better than the last weights.

Source: Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992; the correction of the start is
that of Adam. `mnist_nn.training.loop` calls this after every epoch and validates the result.
"""

from mnist_nn.nn.network import Network


def update_average(average: Network | None, network: Network, epoch: int, decay: float) -> Network:
    """Return E + (1 - β) / (1 - βᵗ) · (W - E), the moving average after one more epoch.

    After the first epoch it is the network itself, so the random weights of the start have no part in it.

    Parameters
    ----------
    average
        E, the average so far; None after the first epoch.
    network
        The network after the epoch, with the weights W.
    epoch
        t, the number of complete epochs.
    decay
        β, from 0 to below 1.

    Examples
    --------
    >>> first, second = Network.create(seed=1), Network.create(seed=2)
    >>> update_average(None, first, 1, 0.5) is first
    True
    >>> average = update_average(first, second, 2, 0.5).weights[0]
    >>> bool((abs(average - (first.weights[0] + 2 * second.weights[0]) / 3) < 1e-6).all())
    True
    """
    if average is None:
        return network
    share = (1.0 - decay) / (1.0 - decay**epoch)
    pairs = zip(average.parameters, network.parameters, strict=True)
    return Network.of(network.config, [E + share * (W - E) for E, W in pairs])
