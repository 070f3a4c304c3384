"""Machine code on disk: kept between processes, never that of other sources, and never in the way.

A process with a cache of its own compiles for 10 seconds, so most of these start from a copy of a filled cache.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core.errors import NumbaError
from patience import PATIENCE

from mnist_nn.engines.compiled import jit

PROGRAM = """
import json
import numpy as np
from mnist_nn import Network, NetworkConfig, Samples, TrainingConfig, train
from mnist_nn.engines.compiled import jit, kernels, sparse

rng = np.random.default_rng(0)
ink = rng.integers(0, 256, (60, 5, 6)) * (rng.random((60, 5, 6)) < 0.4)
samples = Samples(ink.astype(np.uint8), rng.integers(0, 10, 60))
network = Network.create(NetworkConfig(inputs=30, hidden=(12,)), 1)
*_, last = train(network, samples, TrainingConfig(epochs=2, validation=10), engine="compiled")
kept = [one for module in (kernels, sparse) for one in vars(module).values() if type(one).__name__ == "CPUDispatcher"]
kept = [kernel.stats for kernel in kept if kernel.stats.cache_path]
print(json.dumps({
    "folder": str(jit.directory()),
    "loaded": sum(sum(stats.cache_hits.values()) for stats in kept),
    "compiled": sum(sum(stats.cache_misses.values()) for stats in kept),
    "weights": [float(w) for p in last.network.parameters for w in p.ravel()],
}))
"""
KERNELS = 3  # at least: for training, for the forward pass, for placing images


def run(home: Path | str, **settings: Any) -> dict[str, Any]:
    """Train in a process of its own with this cache directory."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(home)}
    environment |= {name: value for name, value in settings.items() if name.startswith("NUMBA_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=settings.get("first"),
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def files(home: Path) -> dict[Path, bytes]:
    return {path.relative_to(home): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the program has run. It starts as a copy of this user's, which mostly holds all of it."""
    home = tmp_path_factory.mktemp("cache")
    if any(jit.directory().rglob("*.nbc")):
        shutil.copytree(jit.directory(), home / "mnist-nn" / jit.directory().name)
    run(home)
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "home"))


@pytest.fixture
def fresh_directory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Path]]:
    """Look for the directory anew; temporary ones are removed at once."""
    made: list[Path] = []

    def remember(function: Callable[..., Any], *arguments: Any, **_: Any) -> None:
        made.extend(arguments if function is shutil.rmtree else [])

    monkeypatch.setattr(jit.atexit, "register", remember)
    yield jit.directory.__wrapped__
    for folder in made:
        shutil.rmtree(folder)


# Kept


def test_a_second_process_compiles_nothing(home: Path) -> None:
    before = files(home)
    found = run(home)
    assert found["compiled"] == 0
    assert found["loaded"] >= KERNELS
    assert files(home) == before
    assert Path(found["folder"]).is_relative_to(home)


@pytest.mark.slow
def test_the_first_process_compiles_everything_once(tmp_path: Path, filled: Path) -> None:
    first, second = run(tmp_path), run(tmp_path)
    assert first["loaded"] == 0
    assert (second["loaded"], second["compiled"]) == (first["compiled"], 0)
    assert first["weights"] == second["weights"] == run(filled)["weights"]


# Of exactly these sources


def test_other_sources_have_another_folder(
    fresh_directory: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert fresh_directory() == tmp_path / "home" / "mnist-nn" / jit.directory().name
    copy = shutil.copytree(jit.SOURCES, tmp_path / "sources")
    monkeypatch.setattr(jit, "SOURCES", copy)
    before = fresh_directory()
    assert before.name != jit.directory().name, "compiled code names the files that it came from"
    assert fresh_directory() == before
    for path in sorted(copy.rglob("*.py")):
        path.write_bytes(path.read_bytes() + b"\n")
        after = fresh_directory()
        assert after != before, path.name
        before = after


@pytest.mark.parametrize("what", ["numba", "llvmlite", "python", "cpu"])
def test_another_compiler_or_machine_has_another_folder(
    what: str, fresh_directory: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    here = fresh_directory()
    if what == "numba":
        monkeypatch.setattr(numba, "__version__", "0.0")
    elif what == "llvmlite":
        monkeypatch.setattr(jit.llvmlite, "__version__", "0.0")
    elif what == "python":
        monkeypatch.setattr(jit.platform, "python_version", lambda: "4.0.0")
    else:
        monkeypatch.setattr(jit.llvmlite.binding, "get_host_cpu_name", lambda: "z80")
    assert fresh_directory() != here


def test_settings_of_numba_are_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "directory", lambda: tmp_path)
    before = numba.config.OPT, numba.config.CACHE_DIR
    kernel = jit.kernel(add_one)
    jit.run(kernel, np.zeros(1, np.int64))
    with pytest.raises(NumbaError):
        jit.run(kernel, None)
    assert before == (numba.config.OPT, numba.config.CACHE_DIR)


@pytest.mark.parametrize(
    "others",
    [
        (np.zeros(1, np.int32),),
        (np.zeros((1, 1), np.int64),),
        (np.zeros((4, 4), np.int64).T,),
        (np.zeros(4, np.int64)[::2],),
        (0,),
        (2**63,),
        (0.0,),
        (True,),
        ((np.zeros(1, np.int64),),),
        ((0, 0),),
    ],
)
def test_arguments_that_look_alike_are_of_one_type_to_numba(others: tuple[Any, ...]) -> None:
    """The quick look at arguments must tell apart whatever Numba does."""
    frozen = np.zeros(1, np.int64)
    frozen.flags.writeable = False
    for arguments in [(np.zeros(1, np.int64),), (frozen,), (0,), (2**63,), (0.0,), (True,), ((0, 0),), ((0, 0, 0),)]:
        if jit._look(arguments) == jit._look(others):
            assert jit._types(arguments) == jit._types(others)


def test_it_is_known_what_can_run_without_a_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "directory", lambda: tmp_path)
    numbers = (np.zeros(1, np.int64),)
    kernel = jit.kernel(add_one)
    assert not jit.is_kept(kernel, numbers)
    jit.run(kernel, *numbers)
    later = jit.kernel(add_one)  # as in another process
    assert jit.is_kept(kernel, numbers)
    assert jit.is_kept(later, numbers)
    assert not jit.is_kept(later, (np.zeros(1),)), "the code is for other numbers"
    for path in tmp_path.rglob("*.nbi"):
        damage(path, "noise")
    assert not jit.is_kept(jit.kernel(add_one), numbers)


# Not in the way


@pytest.mark.parametrize("home", ["/dev/null/x", "/proc/x"])
def test_a_cache_that_cannot_be_is_a_private_temporary_one(
    home: str, fresh_directory: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    folder = fresh_directory()
    assert folder.name.startswith("mnist-nn-")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert fresh_directory() != folder


def test_a_cache_that_is_read_only_is_a_private_temporary_one(
    fresh_directory: Callable[[], Path],
    open_folder: Path,
    ordinary_user: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(open_folder))
    usual = fresh_directory()
    assert usual.is_relative_to(open_folder)
    usual.chmod(0o555)
    with ordinary_user():
        assert fresh_directory().name.startswith("mnist-nn-")


@pytest.mark.slow
def test_training_works_without_a_cache(filled: Path) -> None:
    found = run("/dev/null/x")
    assert found["loaded"] == 0
    assert found["weights"] == run(filled)["weights"]
    assert not Path(found["folder"]).exists(), "a temporary cache goes with its process"


def add_one(array):
    array[0] += 1


def damage(path: Path, how: str) -> None:
    content = path.read_bytes()
    kinds = {"empty": b"", "cut": content[: len(content) // 2], "noise": np.random.default_rng(0).bytes(len(content))}
    path.write_bytes(kinds[how])


@pytest.mark.parametrize("how", ["empty", "cut", "noise"])
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_damaged_cache_is_no_obstacle(kind: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a power cut leaves behind. A kernel of one line compiles in a moment; the next test has the real ones.
    monkeypatch.setattr(jit, "directory", lambda: tmp_path)
    array, misses = np.zeros(1, np.int64), []
    for turn in range(4):
        kernel = jit.kernel(add_one)
        jit.run(kernel, array)
        misses.append(sum(kernel.stats.cache_misses.values()))
        for path in tmp_path.rglob(f"*.{kind}") if turn == 0 else []:
            damage(path, how)
    assert array.tolist() == [4]
    assert misses[0] == misses[1] == 1
    assert misses[-1] == 0, "the code is kept again"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["empty", "cut", "noise"])
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_damaged_machine_code_of_training_is_compiled_anew(kind: str, how: str, home: Path) -> None:
    expected = run(home)["weights"]
    for path in home.rglob(f"*learn*.{kind}"):
        damage(path, how)
    assert run(home)["weights"] == expected
    run(home)
    mended = run(home)
    assert (mended["compiled"], mended["weights"]) == (0, expected)


def no_file_above_3_kb() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))


@pytest.mark.slow
def test_a_full_disk_does_not_stop_training(tmp_path: Path, filled: Path) -> None:
    found = run(tmp_path, first=no_file_above_3_kb)
    assert found["weights"] == run(filled)["weights"]
    assert not list(tmp_path.rglob("*.nbc"))


@pytest.mark.slow
@pytest.mark.parametrize("processor", ["haswell", "generic"])
def test_older_processors_learn_nearly_the_same(processor: str, tmp_path: Path, filled: Path) -> None:
    found = run(tmp_path, NUMBA_CPU_NAME=processor, NUMBA_CPU_FEATURES="")
    np.testing.assert_allclose(found["weights"], run(filled)["weights"], rtol=0, atol=1e-5)
