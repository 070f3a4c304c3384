"""How Numba is to compile kernels and their helpers."""

import os
from typing import Any

import numba

# Without reference counts: kernels allocate nothing, and counting makes them several times slower.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}

# Nothing calls a helper from Python, so the two wrappers for that are not made.
WITHOUT_WRAPPERS: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

# Put in place by LLVM wherever it is called, so that kernels may be cut up as one would cut up Python.
inline = numba.njit(forceinline=True, **WITHOUT_WRAPPERS, **OPTIONS)

LANES = int(os.environ.get("MNIST_NN_LANES", "16"))
"""Numbers in a vector. The kernels are made anew for every width, each in a process of its own."""
