"""The estimate of what a training takes: it grows with what it is made of, and is near what is really taken."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from patience import PATIENCE

from mnist_nn import Network, NetworkConfig, Samples, TrainingConfig, train
from mnist_nn.errors import ConfigError
from mnist_nn.training.memory import check_memory, estimate_memory
from mnist_nn.util import memory

WIDE = NetworkConfig(hidden=(4_000_000,))
PEAK = """
import sys
import numpy as np
from mnist_nn import Network, NetworkConfig, Samples, TrainingConfig, train
from mnist_nn.training.memory import estimate_memory

def peak():  # of this program alone: getrusage begins with that of the one that started it
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM"))

def learn(hidden):
    network = NetworkConfig(inputs=500, hidden=(hidden,), outputs=10)
    training = TrainingConfig(optimizer=sys.argv[1], batch_size=int(sys.argv[2]), epochs=1)
    samples = Samples(np.ones((4, 20, 25), np.uint8), np.array([0, 1, 2, 3]))
    list(train(Network.create(network), samples, training, engine="reference"))
    return estimate_memory(network, training, "reference")

learn(10)
before = peak()
print(learn(10_000), peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process's memory is read as Linux has it")
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_a_training_takes_about_what_is_estimated(optimizer: str) -> None:
    command = [sys.executable, "-c", PEAK, optimizer, "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    estimated, taken = map(int, done.stdout.split())
    assert 0.5 < estimated / taken < 2, (estimated, taken)


def test_it_grows_with_all_that_it_is_made_of() -> None:
    usual = TrainingConfig(optimizer="momentum", validation=0.1)
    least = estimate_memory(WIDE, usual)
    assert least < estimate_memory(replace(WIDE, hidden=(5_000_000,)), usual)
    assert least < estimate_memory(WIDE, replace(usual, optimizer="adam"))
    assert least < estimate_memory(WIDE, replace(usual, patience=3))
    assert least < estimate_memory(WIDE, replace(usual, ema_decay=0.5))
    assert least < estimate_memory(WIDE, replace(usual, batch_size=512))
    assert least < estimate_memory(replace(WIDE, dtype="float64"), usual)
    few, many = (replace(usual, batch_size=size) for size in (512, 60_000))
    assert estimate_memory(WIDE, few) == estimate_memory(WIDE, many), "the compiled engine learns it in parts"
    assert estimate_memory(WIDE, few) < estimate_memory(WIDE, many, "reference")


@pytest.mark.parametrize(
    ("training", "said"),
    [
        (
            TrainingConfig(),
            r"with sgd takes about .* GB of memory, but only .* GB are available, .*; lower hidden \(4000000,\)$",
        ),
        (
            TrainingConfig(optimizer="adam", batch_size=32),
            r"lower hidden .* or batch_size 32, or choose the optimizer sgd",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_lower(
    training: TrainingConfig, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: 9 * 10**9)
    with pytest.raises(ConfigError, match=said):
        check_memory(WIDE, training)


def test_training_and_drawing_weights_ask_first(
    monkeypatch: pytest.MonkeyPatch, clouds: Callable[..., Samples]
) -> None:
    network, samples = Network.create(NetworkConfig(inputs=4, hidden=(3,), outputs=3)), clouds(50)
    monkeypatch.setattr(memory, "SMALL", 0)
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(ConfigError, match="training 27 parameters with sgd takes about"):
        next(train(network, samples, TrainingConfig(), engine="reference"))
    with pytest.raises(ConfigError, match="a network of 15,910 parameters takes about"):
        Network.create()
