"""Without Numba's compiler, as when coverage is measured, there is no compiled engine to test."""

import numba
import pytest

collect_ignore_glob = ["test_*.py"] if numba.config.DISABLE_JIT else []


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile a test's own kernels as those of the package are compiled, with LLVM's first level."""
    from mnist_nn.engines.compiled.jit import QUICK  # noqa: PLC0415 - not without a compiler

    monkeypatch.setattr(numba.config, "OPT", QUICK)
