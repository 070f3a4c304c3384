"""What ``auto`` means: the compiled engine for float32, NumPy for float64 and where no machine code can be made."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mnist_nn import Network
from mnist_nn.engines import compiled, select
from mnist_nn.engines.select import choose
from mnist_nn.errors import ConfigError


def test_auto_depends_on_the_type_of_numbers_alone() -> None:
    assert (choose("auto"), choose("auto", "float64")) == ("compiled", "reference")
    assert (select.create("auto").name, select.create("auto", "float64").name) == ("compiled", "reference")


def test_a_named_engine_is_taken_and_float64_is_for_the_equations() -> None:
    assert choose("reference") == choose("reference", "float64") == "reference"
    assert choose("compiled") == "compiled"
    with pytest.raises(ConfigError, match="float64"):
        choose("compiled", "float64")


def test_an_engine_that_is_none() -> None:
    with pytest.raises(ConfigError, match="auto, compiled, reference"):
        choose("quick")


@pytest.fixture
def _no_machine_code(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fail() -> None:
        raise OSError("Could not find the library")

    monkeypatch.setattr(compiled, "check", fail)
    select._compiled.cache_clear()
    select._can_compile.cache_clear()
    yield
    select._compiled.cache_clear()
    select._can_compile.cache_clear()


@pytest.mark.usefixtures("_no_machine_code")
def test_where_no_machine_code_can_be_made_auto_is_the_equations(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "mnist_nn"):
        assert [select.create("auto").name for _ in range(3)] == ["reference"] * 3
    assert len(caplog.messages) == 1, "one line, once"
    assert "Could not find the library" in caplog.messages[0]
    with pytest.raises(ConfigError, match="cannot run here: Could not find the library; choose engine reference"):
        choose("compiled")


def test_predictions_of_few_samples_take_double() -> None:
    network = Network.create()
    limit = 100_000_000 // network.parameter_count
    assert select.takes_double(network, limit)
    assert not select.takes_double(network, limit + 1)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_serving_and_single_images_say_what_the_engine_says(engine: str) -> None:
    network = Network.create(seed=1)
    images = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)
    runner = select.create("reference")
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
