"""What the default run comes to on the test images, which no choice was made on."""

import os
import statistics
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from mnist_nn import Network, TrainingConfig, evaluate, load_data, train

SEEDS = range(5)


def accuracy_of_default_run(seed: int) -> float:
    mnist = load_data("mnist")
    *_, last = train(Network.create(seed=seed), mnist.train, TrainingConfig(seed=seed))
    return evaluate(last.network, mnist.test).accuracy


@pytest.mark.slow
def test_default_run_reaches_94_percent_on_the_test_images(capsys: pytest.CaptureFixture[str]) -> None:
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        accuracies = list(pool.map(accuracy_of_default_run, SEEDS))
    mean, deviation = statistics.mean(accuracies), statistics.stdev(accuracies)
    with capsys.disabled():
        print(f"\ntest accuracy over seeds {list(SEEDS)}: {accuracies}, mean {mean:.4f}, sd {deviation:.4f}")  # noqa: T201
    assert mean >= 0.94
