"""What the first use on a machine costs: ``python -m benchmarks.first_use [--source FOLDER]… [--rounds N]``.

Every figure is a process of its own, once on an empty cache of machine code and once more on what that left behind;
the difference of their processor times is what compiling costs. ``--source`` names folders with the package's sources,
by default this one's, and several take turns, so that two versions can be compared.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PREPARE = """
import numpy as np
from mnist_nn import Network, NetworkConfig, Predictor, Samples, TrainingConfig, predict, train
rng = np.random.default_rng(0)
x = (rng.integers(1, 256, (300, 784)) * (rng.random((300, 784)) < 0.2)).astype(np.uint8)
t = rng.integers(0, 10, 300)
def run(samples, hidden=(20,), output="sigmoid", **settings):
    config = TrainingConfig(epochs=1, **settings)
    network = Network.create(NetworkConfig(hidden=hidden, output=output), 1)
    *_, last = train(network, samples, config, engine="compiled")
    return last.network
"""
NETWORKS = {
    "784-20-10, pixels, one update per sample": "run(Samples(x, t))",
    "784-800-10, pixels, batches of 32": "run(Samples(x, t), (800,), batch_size=32)",
    "784-20-10, dense floats, Adam, softmax": (
        "run(Samples(x / 255, t), output='softmax', loss='cross_entropy', optimizer='adam', batch_size=32)"
    ),
    "784-20-10, sparse floats": (
        "import scipy.sparse; run(Samples(scipy.sparse.csr_array((x / 255).astype(np.float32)), t))"
    ),
    "784-20-10, weighted pixels": "run(Samples(x, t, weights=rng.random(300)))",
    "784-512-512-10, pixels, batches of 512": "run(Samples(x, t), (512, 512), batch_size=512, validation=50)",
    "784-20-10, predictions alone": "n = Network.create(); predict(n, x, engine='compiled'); Predictor(n)(x[0])",
}
SECOND = "784-800-10, pixels, batches of 32"
"""The network of another width, measured again where the first one has been before it."""


class Cost(NamedTuple):
    """What a process took: wall and processor seconds, and the most memory in MB."""

    wall: float
    processor: float
    memory: float


def main(arguments: list[str]) -> None:
    """Measure all sources in turns, and print the medians as a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", action="append", help="a folder with the package's sources; may be given again")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    sources = chosen.source or [str(Path(__file__).parents[2] / "src")]
    found: dict[str, dict[str, list[tuple[float, ...]]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(chosen.rounds):
        for source in sources:
            for name, figures in measure(source):
                found[name][source].append(figures)
    print(f"Medians of {chosen.rounds} rounds, load average {os.getloadavg()[0]:.1f}; sources: {', '.join(sources)}\n")
    for name, by_source in found.items():
        cells = [
            " / ".join(f"{statistics.median(column):.4g}" for column in zip(*by_source[source], strict=True))
            for source in sources
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def measure(source: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Measure everything once: names, each with its figures."""
    for name, statement in NETWORKS.items():
        cold, warm = _twice(source, [sys.executable, "-c", PREPARE + statement])
        yield f"compiling: {name}; processor s", (cold.processor - warm.processor,)
    with tempfile.TemporaryDirectory() as home:
        _run(source, home, [sys.executable, "-c", PREPARE + NETWORKS["784-20-10, pixels, one update per sample"]])
        later, again = (_run(source, home, [sys.executable, "-c", PREPARE + NETWORKS[SECOND]]) for _ in range(2))
        yield "compiling: a second network of another width; processor s", (later.processor - again.processor,)
    with tempfile.TemporaryDirectory() as folder:
        model = str(Path(folder) / "model.safetensors")
        cold, warm = _twice(source, [sys.executable, "-m", "mnist_nn", "train", "--quiet", "--model", model])
        yield "mnist-nn train, cold; wall s / processor s / MB", cold
        yield "mnist-nn train, warm; wall s / processor s / MB", warm
        command = [sys.executable, "-m", "mnist_nn", "serve", "--engine", "compiled", "--port", "0", model]
        for heat, cost in zip(("cold", "warm"), _twice(source, command, served=True), strict=True):
            yield f"mnist-nn serve until it listens, {heat}; wall s / processor s / MB", cost


def _twice(source: str, command: list[str], *, served: bool = False) -> tuple[Cost, Cost]:
    """Run a command on an empty cache, and again on what that left."""
    with tempfile.TemporaryDirectory() as home:
        return _run(source, home, command, served=served), _run(source, home, command, served=served)


def _run(source: str, home: str, command: list[str], *, served: bool = False) -> Cost:
    settings = {**os.environ, "PYTHONPATH": source, "XDG_CACHE_HOME": home}
    begin = time.perf_counter()
    output = subprocess.PIPE if served else subprocess.DEVNULL
    process = subprocess.Popen(command, env=settings, stdout=output, stderr=subprocess.STDOUT if served else None)
    wall = None
    if served and process.stdout is not None:
        while b"http://" not in process.stdout.readline():
            pass
        wall = time.perf_counter() - begin
        process.terminate()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.stdout is not None:
        process.stdout.close()
    if process.returncode and not served:
        raise SystemExit(f"{command} ended with {process.returncode}")
    wall = time.perf_counter() - begin if wall is None else wall
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main(sys.argv[1:])
