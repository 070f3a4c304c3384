"""Runs on the workers of a cluster: the same figures, and a worker that has other data."""

from dataclasses import replace
from typing import Any

import pytest

from mnist_nn import NetworkConfig, TrainingConfig, load_data
from mnist_nn.errors import ClusterError
from mnist_nn.experiments.elsewhere import TrainingSetup, TrialBlock, run_elsewhere, train_block
from mnist_nn.experiments.runs import Trial, run_block
from mnist_nn.util.cluster import open_cluster

TRAINING = TrainingConfig(epochs=1, subset=300, validation=0.1)
TRIALS = [Trial(NetworkConfig(hidden=(8,)), replace(TRAINING, seed=seed)) for seed in range(5)]
MNIST = load_data("mnist")
SETUP = TrainingSetup("mnist", MNIST.digest, "reference")


def test_a_worker_gives_the_figures_that_this_process_gives() -> None:
    block = TrialBlock((4, 5), tuple(TRIALS[:2]))
    assert train_block(SETUP, block) == run_block(TRIALS[:2], MNIST.train, "reference")


@pytest.mark.slow
def test_the_same_figures_from_a_cluster_and_none_from_other_data(tmp_path: Any) -> None:
    with open_cluster("local:2") as cluster:
        found = dict(run_elsewhere(cluster, SETUP, TRIALS, lambda: False))
        assert [found[number] for number in range(5)] == run_block(TRIALS, MNIST.train, "reference")
        assert not list(run_elsewhere(cluster, SETUP, TRIALS, lambda: True))
        for setup, said in (
            (SETUP._replace(digest="0"), "has other data in 'mnist' than this machine"),
            (SETUP._replace(data=str(tmp_path / "none")), "cannot load the data: there is no "),
        ):
            with pytest.raises(ClusterError, match=f"the worker at .* {said}"):
                list(run_elsewhere(cluster, setup, TRIALS, lambda: False))
