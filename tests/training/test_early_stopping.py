"""Early stopping against a plain loop over the same accuracies."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from mnist_nn import Network, NetworkConfig
from mnist_nn.training.early_stopping import Best, is_patience_exhausted, keep_best

NETWORK = Network.create(NetworkConfig(inputs=2, hidden=(), outputs=2))
ACCURACIES = st.lists(st.sampled_from([0.1, 0.5, 0.9]), min_size=1, max_size=12)


def best_of(accuracies: list[float]) -> Best:
    best = None
    for epoch, accuracy in enumerate(accuracies, start=1):
        best = keep_best(best, NETWORK, epoch, accuracy)
    assert best is not None
    return best


@given(ACCURACIES)
def test_the_best_is_the_first_of_the_highest(accuracies: list[float]) -> None:
    best = best_of(accuracies)
    assert best.accuracy == max(accuracies)
    assert best.epoch == 1 + accuracies.index(max(accuracies))


@given(ACCURACIES, st.integers(1, 5))
def test_patience_ends_once_so_many_epochs_were_no_better(accuracies: list[float], patience: int) -> None:
    best, epochs = best_of(accuracies), len(accuracies)
    no_better = sum(1 for _ in itertools.takewhile(lambda n: n != best.epoch, range(epochs, 0, -1)))
    assert is_patience_exhausted(best, epochs, patience) == (no_better >= patience)


def test_without_patience_or_a_best_network_nothing_ends() -> None:
    assert not is_patience_exhausted(None, 100, 1)
    assert not is_patience_exhausted(Best(NETWORK, 1, 0.5), 100, None)
