"""Tests of the kernels' source compile with Numba, as whoever changes a kernel has it."""

from importlib.util import find_spec

import pytest

from mnist_nn.engines.compiled import layout
from mnist_nn.engines.compiled.target import host

collect_ignore_glob = ["test_*.py"] if find_spec("numba") is None else []


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile a test's own kernels as those of the package are compiled, with LLVM's first level."""
    import numba  # noqa: PLC0415 only where there is one
    from numba.core.config import _OptLevel  # noqa: PLC0415

    monkeypatch.setattr(numba.config, "OPT", _OptLevel(1))


@pytest.fixture
def as_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay networks out for the width of vectors that Numba compiles for here, whatever this processor has."""
    from mnist_nn.engines.compiled.kernels.options import LANES  # noqa: PLC0415

    monkeypatch.setattr(layout, "host", lambda: host()._replace(lanes=LANES, vectors=4))
