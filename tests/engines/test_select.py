"""What ``auto`` means for each kind of work, on both sides of every limit."""

from itertools import pairwise
from pathlib import Path

import numba
import numpy as np
import pytest

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.engines import select
from mnist_nn.engines.select import FIT, INFERENCE, SERVING, TRAINING, Workload, choose
from mnist_nn.errors import ConfigError

needs_compiler = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="there is no compiled engine without it")
WORKLOADS = [TRAINING, FIT, INFERENCE, SERVING]


@pytest.fixture(autouse=True)
def _not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "is_loaded", lambda: False)


@needs_compiler
@pytest.mark.parametrize(
    ("workload", "multiplications", "updates", "engine"),
    [
        (TRAINING, 0, 0, "compiled"),
        (FIT, 299_999_999, 19_999, "reference"),
        (FIT, 300_000_000, 19_999, "compiled"),
        (FIT, 299_999_999, 20_000, "compiled"),
        (INFERENCE, 9_999_999_999, 0, "reference"),
        (INFERENCE, 10_000_000_000, 0, "compiled"),
        (SERVING, 10**15, 0, "reference"),
    ],
)
def test_auto_depends_on_the_amount_of_work(
    workload: Workload, multiplications: int, updates: int, engine: str
) -> None:
    assert choose("auto", workload, multiplications=multiplications, updates=updates) == engine


@needs_compiler
def test_an_engine_that_is_loaded_does_any_inference_and_changes_no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "is_loaded", lambda: True)
    assert choose("auto", INFERENCE, multiplications=1) == "compiled"
    assert choose("auto", FIT, multiplications=1) == "reference"


@needs_compiler
def test_a_server_takes_machine_code_that_lies_ready() -> None:
    assert choose("auto", SERVING, is_kept=lambda: True) == "compiled"
    assert choose("auto", SERVING, is_kept=lambda: False) == "reference"


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_named_engine_is_taken_and_float64_is_for_the_equations(workload: Workload) -> None:
    assert choose("reference", workload, multiplications=10**15) == "reference"
    assert choose("auto", workload, "float64", multiplications=10**15, is_kept=lambda: True) == "reference"
    with pytest.raises(ConfigError, match="float64"):
        choose("compiled", workload, "float64")


@pytest.mark.parametrize("workload", WORKLOADS)
def test_without_a_compiler_auto_is_the_equations(workload: Workload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert choose("auto", workload, multiplications=10**15, is_kept=lambda: True) == "reference"
    with pytest.raises(ConfigError, match="NUMBA_DISABLE_JIT"):
        choose("compiled", workload)


@pytest.mark.parametrize("workload", WORKLOADS)
def test_an_engine_that_is_none(workload: Workload) -> None:
    with pytest.raises(ConfigError, match="auto, compiled, reference"):
        choose("quick", workload)


def test_every_limit_has_its_reason() -> None:
    assert all(len(workload.reason) > 40 for workload in WORKLOADS)


@needs_compiler
def test_a_fit_is_measured_by_its_configuration() -> None:
    network, training = NetworkConfig(inputs=100, hidden=(), outputs=10), TrainingConfig(epochs=10, batch_size=100)
    samples = 300_000_000 // (10 * sum(a * b for a, b in pairwise(network.sizes)))
    assert select.choose_for_fit("auto", network, training, samples - 1) == "reference"
    assert select.choose_for_fit("auto", network, training, samples) == "compiled"
    assert select.choose_for_fit("auto", network, TrainingConfig(epochs=20_000), 1) == "compiled"


def test_predictions_of_few_samples_take_double() -> None:
    network = Network.create()
    limit = 100_000_000 // network.parameter_count
    assert select.takes_double(network, limit)
    assert not select.takes_double(network, limit + 1)


@pytest.mark.parametrize("engine", ["reference", pytest.param("compiled", marks=needs_compiler)])
def test_serving_and_single_images_say_what_the_engine_says(engine: str) -> None:
    network = Network.create(seed=1)
    images = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)
    runner = select.create_for_inference("reference", network.config, 5)
    z = runner.forward(network, runner.place(images))
    name, forward = select.prepare_serving(engine, network, 2)
    assert name == engine
    np.testing.assert_allclose(forward(images), z, rtol=1e-4, atol=1e-5)
    classify = select.prepare_single(engine, network)
    assert (classify is None) == (engine == "reference")
    if classify:
        assert [classify(image)[0] for image in images] == z.argmax(axis=1).tolist()


def test_no_other_module_knows_the_word() -> None:
    """Elsewhere `auto` is a default that is passed on, something that is no engine, or left out of a command shown."""
    package = Path(select.__file__).parents[1]
    deciding = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if '== "auto"' in line
    ]
    others = {"nn/initializers.py", "estimator/parameters.py"}  # an initializer, and a batch size
    assert set(deciding) <= others | {"cli/train/run.py"}  # which shows the command that resumes a run
    assert deciding.count("cli/train/run.py") <= 1
