"""The command that makes all intermediate code: every width, and a stamp."""

from pathlib import Path

import pytest

from mnist_nn.engines.compiled.kernels import build, stamp


def test_every_width_has_its_kernels_in_the_package() -> None:
    for lanes, vectors in build.WIDTHS.items():
        names = {path.name for path in (stamp.CODE / str(lanes)).iterdir()}
        assert len(names) == 8 * len(vectors) + 3
        assert {f"learn-rows-{count}.ll.gz" for count in vectors} < names


def test_a_width_is_lowered_for_every_processor_that_has_it() -> None:
    found = build.settings(8)
    assert found["MNIST_NN_LANES"] == "8"
    assert found["NUMBA_CPU_FEATURES"] == "", "what this machine can do must not matter"


@pytest.mark.slow
def test_making_all_anew_gives_the_same_bytes(tmp_path: Path) -> None:
    assert build.main([str(tmp_path)]) == 0
    for path in sorted(stamp.CODE.rglob("*.*")):
        assert (tmp_path / path.relative_to(stamp.CODE)).read_bytes() == path.read_bytes(), path
