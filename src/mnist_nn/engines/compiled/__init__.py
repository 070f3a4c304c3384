"""The compiled engine: the reference engine's equations as vector kernels, in machine code for this processor.

Its public functions are listed here; everything else in this package is private.
"""

from mnist_nn.engines.compiled.engine import CompiledEngine, prepare_training
from mnist_nn.engines.compiled.inference import prepare_batches, prepare_single
from mnist_nn.engines.compiled.native import check

__all__ = ["CompiledEngine", "check", "prepare_batches", "prepare_single", "prepare_training"]
