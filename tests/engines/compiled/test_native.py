"""Kernels from the package: made into machine code once, kept, and loaded; where that fails, one line says why."""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn.engines.compiled import machine_code, native, object_file
from mnist_nn.engines.compiled.records import Images, Words
from mnist_nn.engines.compiled.target import Target, host
from mnist_nn.errors import ConfigError

PROGRAM = """
import json, sys
import numpy as np
from mnist_nn import Network, NetworkConfig, Predictor, Samples, TrainingConfig, predict, train
from mnist_nn.engines.compiled import native
import mnist_nn.engines.compiled.target as target

made = []
emit = native.emit
native.emit = lambda code, target: made.append(1) or emit(code, target)
if len(sys.argv) > 1:
    machine = target.Target(target.host().triple, sys.argv[1], "", int(sys.argv[2]), int(sys.argv[3]))
    for name, module in list(sys.modules.items()):
        if name.startswith("mnist_nn.engines.compiled") and hasattr(module, "host"):
            module.host = lambda: machine

rng = np.random.default_rng(0)
ink = rng.integers(0, 256, (60, 5, 6)) * (rng.random((60, 5, 6)) < 0.4)
samples = Samples(ink.astype(np.uint8), rng.integers(0, 10, 60))
network = Network.create(NetworkConfig(inputs=30, hidden=(12,)), 1)
*_, last = train(network, samples, TrainingConfig(epochs=2, validation=10), engine="compiled")
predict(last.network, samples.images, engine="compiled")
Predictor(last.network)(samples.images[0])
print(json.dumps({
    "made": len(made),
    "numba": "numba" in sys.modules,
    "llvm": "llvmlite.binding" in sys.modules,
    "weights": [float(w) for p in last.network.parameters for w in p.ravel()],
}))
"""
KERNELS = 4  # to place images, to train, for the forward pass, for a single image


def run(home: Path | str, *processor: str) -> dict[str, Any]:
    """Train and predict in a process of its own with this cache directory."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *processor],
        env={**os.environ, "XDG_CACHE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A process in which nothing is loaded yet, with an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    native._load.cache_clear()
    machine_code.directory.cache_clear()


def test_the_first_process_makes_each_kernel_once_and_numba_is_not_needed(tmp_path: Path) -> None:
    first, second = run(tmp_path), run(tmp_path)
    assert (first["made"], second["made"]) == (KERNELS, 0)
    assert first["weights"] == second["weights"]
    assert not first["numba"]


def test_a_process_that_finds_its_machine_code_does_not_load_llvm(tmp_path: Path) -> None:
    if not object_file.is_known_system():
        pytest.skip("on this system LLVM links")
    assert (run(tmp_path)["llvm"], run(tmp_path)["llvm"]) == (True, False)


def test_where_our_own_linker_knows_something_not_llvm_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_file, "is_known_system", lambda: False)
    code = gzip.decompress(native._read("fill_pairs-bytes", host()))
    assert fill(native._link("fill_pairs", native.emit(code, host()), host())) == [1, 3, 7, 9]


@pytest.mark.slow
@pytest.mark.parametrize("processor", [("haswell", "8", "2"), ("x86-64", "4", "2"), ("x86-64", "4", "4")], ids="-".join)
def test_narrower_vectors_learn_nearly_the_same(processor: tuple[str, ...], tmp_path: Path) -> None:
    if not host().triple.startswith("x86_64"):
        pytest.skip("these processors are x86-64")
    np.testing.assert_allclose(run(tmp_path, *processor)["weights"], run(tmp_path)["weights"], rtol=0, atol=1e-5)


def fill(kernel: native.Kernel) -> list[int]:
    """Take one image apart."""
    ink, offsets = np.array([0, 7, 0, 9], np.uint8), np.zeros(2, np.int64)
    pixels, values = np.zeros(16, np.uint16), np.zeros(16, np.uint8)
    assert kernel(Words(Images(ink, 1, 4, offsets, pixels, values))) == 1
    return [*pixels[:2].tolist(), *values[:2].tolist()]


@pytest.mark.usefixtures("fresh")
def test_a_kernel_is_loaded_once_and_called_with_the_words_of_a_record() -> None:
    kernel = native.load("fill_pairs", "bytes")
    assert fill(kernel) == [1, 3, 7, 9]
    assert native.load("fill_pairs", "bytes") is kernel


def test_damaged_machine_code_is_made_anew(fresh: Path) -> None:
    native.check()
    (path,) = fresh.rglob("*.o")
    path.write_bytes(path.read_bytes()[:-20])
    forget()
    assert fill(native.load("fill_pairs", "bytes")) == [1, 3, 7, 9]


def test_that_it_takes_long_is_said_only_where_it_does(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert fresh.is_dir()
    caplog.set_level("INFO", "mnist_nn")
    emit = native.emit

    def emit_slowly(code: bytes, target: Target) -> bytes:
        time.sleep(0.1)
        return emit(code, target)

    monkeypatch.setattr(native, "emit", emit_slowly)
    monkeypatch.setattr(native, "PATIENCE", 0.0)
    native.check()
    assert caplog.messages == ["making machine code for this processor, once; this takes a few seconds"]
    caplog.clear()
    native._load.cache_clear()
    native.check()
    assert not caplog.messages, "it is kept"


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("code", [b"no code at all", b"define i64 @other(ptr %r) { ret i64 0 }"])
def test_code_that_cannot_be_run_is_one_line(code: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "_read", lambda *_: code)
    with pytest.raises(ConfigError, match="cannot run here") as caught:
        native.check()
    assert "\n" not in str(caught.value)
    assert "choose engine reference" in str(caught.value)


def test_code_of_the_package_names_no_processor_and_little_else() -> None:
    folder = Path(native.__file__).parent / "code"
    for path in folder.glob("*/*.ll.gz"):
        module = llvm.parse_assembly(gzip.decompress(path.read_bytes()).decode())
        assert (module.triple, module.data_layout) == ("", ""), path
        asked = {f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")}
        assert asked <= set(native._system()), path
