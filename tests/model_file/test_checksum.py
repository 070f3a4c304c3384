"""The checksum: whatever single bit of a file is flipped, loading says so; files from before it load with a notice."""

import logging
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from changed_files import sealed, without_checksum
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import PATIENCE

from mnist_nn import Model, Network, NetworkConfig, TrainingConfig, load_model, save_model
from mnist_nn.cli.program import run
from mnist_nn.errors import ModelFileError
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.export import export
from mnist_nn.model_file import recording, storage
from mnist_nn.model_file.checksum import check_seal, is_sealed
from mnist_nn.model_file.recording import Moment, Recording
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.training.checkpoint import Checkpoint

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "model-file.md"
SHAPE = NetworkConfig(inputs=2, hidden=(2,), outputs=2)
TABLE = np.array([[0.1, 0.2, 1.0], [0.9, 0.01, 0.5]])


@cache
def model() -> Model:
    """A model with everything that files of digits have."""
    network, training = Network.create(SHAPE), TrainingConfig(optimizer="momentum")
    at = Checkpoint.start(network, training)
    return Model.of(at, training, calibration=Calibration(1.5, np.linspace(-1, 1, 5), 0.25, 0.1, TABLE))


@cache
def film() -> bytes:
    moments = (Moment(0, model().network, 5), Moment(1, model().network, 5))
    return recording.to_bytes(Recording(model(), moments))


FILES: dict[str, tuple[Callable[[], bytes], Callable[[bytes], object], int]] = {
    "a model": (lambda: storage.to_bytes(model()), storage.from_bytes, 1),
    "a recording": (film, recording.from_bytes, 13),
    "a stripped model": (lambda: export(model(), "safetensors"), storage.from_bytes, 13),
}
"""How each is made and read, and how far the bits lie apart that are flipped in it."""


@pytest.mark.parametrize("kind", FILES)
def test_any_single_flipped_bit_is_said(kind: str) -> None:
    make, load, apart = FILES[kind]
    data = make()
    load(data)
    for place in range(0, 8 * len(data), apart):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(ModelFileError) as said:
            load(bytes(flipped))
        assert "\n" not in str(said.value)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_damage_of_other_kinds_is_said_too(data: st.DataObject) -> None:
    whole = storage.to_bytes(model())
    start = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:start] + (new := data.draw(st.binary(min_size=1, max_size=40))) + whole[start + len(new) :]
    if damaged != whole:
        with pytest.raises(ModelFileError):
            storage.from_bytes(damaged)


def test_it_is_what_the_documentation_says() -> None:
    for make, _, _ in FILES.values():
        assert sealed(make()) == make(), "CRC-32 of the file with its digits as zeros, by zlib"


def test_a_file_from_before_is_loaded_and_the_log_says_what_it_lacks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "mnist_nn")
    file = tmp_path / "old.safetensors"
    file.write_bytes(without_checksum(storage.to_bytes(model())))
    loaded = load_model(file)
    assert [record.getMessage() for record in caplog.records] == [
        f"{str(file)!r} has no checksum because an older version wrote it, so damage may go unnoticed"
    ]
    caplog.clear()
    load_model(save_model(file, loaded))
    load_reader_model()
    assert caplog.records == []


def test_a_recording_from_before_is_loaded_and_the_log_says_what_it_lacks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "mnist_nn")
    file = tmp_path / "old.safetensors"
    file.write_bytes(without_checksum(film()))
    assert len(recording.load(file).moments) == 2
    assert "has no checksum" in caplog.text


def test_the_command_line_says_both_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = storage.to_bytes(Model(Network.create()))
    file = tmp_path / "model.safetensors"
    file.write_bytes(without_checksum(data))
    assert run(["export", str(file), "--to", "npz"]) == 0
    assert capsys.readouterr().err.count("\n") == 1
    flipped = bytearray(data)
    flipped[-3] ^= 1
    file.write_bytes(flipped)
    assert run(["export", str(file), "--to", "npz", "--force"]) == 2
    error = capsys.readouterr().err
    assert "damaged, because its bytes do not match its checksum; get a fresh copy" in error
    assert error.count("\n") == 1


def test_bytes_without_a_checksum_pass_unless_one_is_named() -> None:
    data = without_checksum(storage.to_bytes(model()))
    assert not is_sealed(data)
    check_seal(data, named=False)
    with pytest.raises(ModelFileError, match="checksum cannot be read"):
        check_seal(data, named=True)


def test_the_recipe_in_the_documentation_reads_a_file_and_finds_damage(tmp_path: Path) -> None:
    (recipe,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    program = [sys.executable, "-c", f"import sys; sys.modules['mnist_nn'] = None\n{recipe}"]
    file = save_model(tmp_path / "mnist-model.safetensors", model())
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout == "[2] {} (2, 2)\n"
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert "ValueError: the file is damaged" in done.stderr
