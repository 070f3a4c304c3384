"""Whether the intermediate code in the package was made of the kernels as they are."""

import json
import shutil
from pathlib import Path

import pytest

from mnist_nn.engines.compiled.kernels import stamp


def test_the_code_in_the_package_is_that_of_the_sources() -> None:
    assert stamp.is_current(), "a kernel has changed; run: python -m mnist_nn.engines.compiled.kernels"


def test_the_code_in_the_package_stays_small() -> None:
    assert sum(path.stat().st_size for path in stamp.CODE.rglob("*.gz")) < 3_000_000, "the wheel has room for 3 MB"


def test_other_sources_or_other_code_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = Path(shutil.copytree(stamp.CODE, tmp_path / "code"))
    assert stamp.is_current(code)
    changed = next(code.rglob("*.gz"))
    made = changed.read_bytes()
    changed.write_bytes(made + b"\0")
    assert not stamp.is_current(code)
    changed.write_bytes(made)
    assert stamp.is_current(code)
    sources = Path(shutil.copytree(stamp.SOURCES, tmp_path / "sources"))
    monkeypatch.setattr(stamp, "SOURCES", sources)
    assert stamp.is_current(code)
    for path in (sources / "passes.py", sources / "simd" / "lanes.py"):
        before = path.read_text("utf-8")
        path.write_text(before + "MORE = 1\n", "utf-8")
        assert not stamp.is_current(code), path
        path.write_text('"""Another docstring."""\n' + before.partition('"""\n')[2], "utf-8")
        assert stamp.is_current(code), path


def test_a_stamp_names_every_file_and_who_made_it() -> None:
    found = stamp.make(stamp.CODE)
    assert found == json.loads((stamp.CODE / stamp.NAME).read_text("utf-8"))
    assert {name.split("/")[0] for name in found["files"]} == {"16", "8", "4"}
