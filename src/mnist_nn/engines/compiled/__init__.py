"""The compiled engine: the reference engine's equations as vector kernels, compiled by Numba for this machine.

What others may ask of it stands here; everything else in this package is its own.
"""

from mnist_nn.engines.compiled.engine import CompiledEngine
from mnist_nn.engines.compiled.inference import is_kept, is_loaded, prepare_batches, prepare_single

__all__ = ["CompiledEngine", "is_kept", "is_loaded", "prepare_batches", "prepare_single"]
