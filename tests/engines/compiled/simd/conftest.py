"""Without Numba's compiler, as when coverage is measured, there is no compiled engine to test."""

import numba

collect_ignore_glob = ["test_*.py"] if numba.config.DISABLE_JIT else []
