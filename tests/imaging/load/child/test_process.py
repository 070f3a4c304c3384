"""One process that decodes: what libraries print in it, what of that is told, and how little it takes along."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from patience import PATIENCE
from picture_files import SLOPE, saved
from PIL import Image

from mnist_nn.errors import ImageError
from mnist_nn.imaging.load.child import budget
from mnist_nn.imaging.load.child.budget import Budget
from mnist_nn.imaging.load.child.process import Decoder, DecoderEnded

BUDGET = Budget(10.0, 600_000_000)


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.end()


@pytest.fixture
def torn(tmp_path: Path) -> Path:
    """A TIFF whose strips are compressed and torn, of which libtiff complains on standard error."""
    rough = Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64), np.uint8))
    data = bytearray(saved(rough, "TIFF", compression="tiff_deflate").getvalue())
    data[1000:1100] = bytes(100)
    (tmp_path / "torn.tif").write_bytes(data)
    return tmp_path / "torn.tif"


def decode(decoder: Decoder, path: Path, allowed: Budget = BUDGET) -> list[Any]:
    with path.open("rb") as file:
        arguments = {"name": path.name, "pixel_limit": 10**6, "page_limit": 9}
        return list(decoder.decode("pages", file, allowed, arguments))


def test_what_a_library_prints_is_told_with_the_fault_and_printed_nowhere(torn: Path) -> None:
    read = "import sys\nfrom mnist_nn.imaging import each_page\nprint(*(page.error for page in each_page(sys.argv[1])))"
    command = [sys.executable, "-c", read, torn]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert ran.stderr == ""
    assert "torn.tif', page 1 is damaged" in ran.stdout
    assert "(the decoder: ZIPDecode: " in ran.stdout


def test_it_is_told_with_its_own_file_alone(decoder: Decoder, torn: Path, tmp_path: Path) -> None:
    assert "the decoder" in str(decode(decoder, torn)[0])
    (tmp_path / "text").write_text("no picture")
    with pytest.raises(ImageError) as caught:
        decode(decoder, tmp_path / "text")
    assert "the decoder" not in str(caught.value)


def test_it_has_no_other_files_open_and_its_own_group(decoder: Decoder, tmp_path: Path) -> None:
    Image.fromarray(SLOPE).save(tmp_path / "a.png")
    with (tmp_path / "secret").open("w"):
        assert len(decode(decoder, tmp_path / "a.png")) == 1
        process = psutil.Process(decoder._process.pid)
        assert str(tmp_path / "secret") not in [file.path for file in process.open_files()]
        assert os.getpgid(process.pid) == process.pid


def test_who_asks_one_that_is_gone_is_told(decoder: Decoder, tmp_path: Path) -> None:
    Image.fromarray(SLOPE).save(tmp_path / "a.png")
    assert decoder.is_alive
    decoder.interrupt()
    with pytest.raises(DecoderEnded, match="its decoder was ended by SIGKILL"):
        decode(decoder, tmp_path / "a.png")
    assert not decoder.is_alive


def test_one_that_does_nothing_is_given_up(decoder: Decoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(SLOPE).save(tmp_path / "a.png")
    decode(decoder, tmp_path / "a.png")
    psutil.Process(decoder._process.pid).suspend()
    monkeypatch.setattr(budget, "LEAST_DEADLINE", 0)
    with pytest.raises(DecoderEnded, match=r"a\.png was not decoded within 3.6 seconds"):
        decode(decoder, tmp_path / "a.png", Budget(0.01, 600_000_000))
