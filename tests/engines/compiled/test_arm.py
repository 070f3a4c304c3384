"""The kernels on a 64-bit ARM processor: emitted here, linked to a small C program, and run in an emulator.

The engine prepares memory and takes results out as always; only its kernels run elsewhere.
"""

import gzip
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.engines import select
from mnist_nn.engines.base import Plan
from mnist_nn.engines.compiled import CompiledEngine, native
from mnist_nn.engines.compiled.records import Words
from mnist_nn.engines.compiled.target import Target, host
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util.randomness import key, permutation

pytestmark = pytest.mark.slow
Array = npt.NDArray[Any]
ARM = Target("aarch64-unknown-linux-gnu", "generic", "+neon", lanes=4, vectors=4)
COMPILER, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"
HARNESS = Path(__file__).parent / "emulated" / "harness.c"
CODE = Path(native.__file__).parent / "code" / "4"
COUNT, INPUTS = 60, 30


class EmulatedKernel:
    """A kernel that runs in the emulator, on a copy of its record's arrays."""

    def __init__(self, name: str, folder: Path) -> None:
        self.program, self.exchange = folder / name, folder / f"{name}.record"
        code = gzip.decompress((CODE / f"{name}.ll.gz").read_bytes())
        (folder / f"{name}.o").write_bytes(native.emit(code, ARM))
        command = [COMPILER, "-static", "-O1", "-o", self.program, HARNESS, folder / f"{name}.o", "-lm"]
        subprocess.run(command, check=True)

    def __call__(self, words: Words) -> int:
        arrays: dict[int, Array] = {}
        fields = list(flatten(words.record))
        for field in fields:
            if isinstance(field, np.ndarray):
                arrays.setdefault(field.ctypes.data, field)
        places = {address: n for n, address in enumerate(arrays)}
        table: list[int] = [len(arrays), *(array.nbytes for array in arrays.values()), len(fields)]
        for field, word in zip(fields, words.array.tolist(), strict=True):
            table += [places[word] if isinstance(field, np.ndarray) else -1, word]
        head = np.array(table, np.int64).tobytes()
        self.exchange.write_bytes(b"".join([head, *(array.tobytes() for array in arrays.values())]))
        done = subprocess.run([EMULATOR, self.program, self.exchange], capture_output=True, check=True, text=True)
        self.take_back(list(arrays.values()), len(head))
        return int(done.stdout)

    def take_back(self, arrays: list[Array], at: int) -> None:
        content = self.exchange.read_bytes()
        for array in arrays:
            found = np.frombuffer(content, array.dtype, array.size, at).reshape(array.shape)
            if array.flags.writeable:
                array[...] = found
            at += array.nbytes


def flatten(record: Any) -> Iterator[Any]:
    for field in record:
        yield from flatten(field) if isinstance(field, tuple) else (field,)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for program in (COMPILER, EMULATOR):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed, which runs code for ARM")
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return tmp_path_factory.mktemp("arm")


@pytest.fixture
def on_arm(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, EmulatedKernel] = {}

    def load(name: str, _: Target) -> EmulatedKernel:
        return made.setdefault(name, EmulatedKernel(name, programs))

    monkeypatch.setattr(native, "_load", load)
    for name, module in list(sys.modules.items()):
        if name.startswith("mnist_nn.engines.compiled") and getattr(module, "host", None) is host:
            monkeypatch.setattr(module, "host", lambda: ARM)


def samples_of(form: str) -> Any:
    rng = np.random.default_rng(3)
    ink = (rng.integers(1, 256, (COUNT, INPUTS)) * (rng.random((COUNT, INPUTS)) < 0.3)).astype(np.uint8)
    floats = (ink / 255).astype(np.float32)
    return {"bytes": ink, "rows": floats, "floats": scipy.sparse.csr_array(floats)}[form]


@pytest.mark.usefixtures("on_arm")
@pytest.mark.parametrize("form", ["bytes", "rows", "floats"])
@pytest.mark.parametrize(
    "training",
    [
        TrainingConfig(batch_size=1, l2=0.01, max_norm=1.0, dropout=0.3),
        TrainingConfig(batch_size=40, optimizer="adam", loss="cross_entropy", dropout=0.3),
    ],
    ids=["online", "batches"],
)
def test_an_arm_processor_learns_what_the_equations_say(form: str, training: TrainingConfig) -> None:
    output = "softmax" if training.loss == "cross_entropy" else "sigmoid"
    shape = NetworkConfig(inputs=INPUTS, hidden=(20, 7), activation=("tanh", "sigmoid"), output=output)
    network, x, labels = Network.create(shape, 1), samples_of(form), np.arange(COUNT) % 10
    rates = np.full(-(-COUNT // training.batch_size), 0.02)
    plan = Plan.of(shape, training, permutation(key(1), COUNT), rates, key(2))
    state = initial_state(training.optimizer, network.parameters)
    found, expected = (
        engine.epoch(network, state, engine.place(x, labels), plan)
        for engine in (CompiledEngine(1), select.create("reference"))
    )
    for a, b in zip(found[0].parameters, expected[0].parameters, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=3e-5)
    assert found[2].correct == expected[2].correct
    z, z_2 = (e.forward(found[0], e.place(x)) for e in (CompiledEngine(1), select.create("reference")))
    np.testing.assert_allclose(z, z_2, rtol=0, atol=1e-5)


def test_its_code_is_made_of_vector_instructions(programs: Path) -> None:
    code = gzip.decompress((CODE / "infer-bytes-4.ll.gz").read_bytes())
    assembly = native._machine(ARM).emit_assembly(parsed(code))
    assert assembly.count("fmla\tv") > 20, programs


def parsed(code: bytes) -> Any:
    module = llvm.parse_assembly(code.decode())
    module.triple, module.data_layout = ARM.triple, str(native._machine(ARM).target_data)
    return module
