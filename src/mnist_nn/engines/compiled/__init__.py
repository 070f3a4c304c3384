"""The compiled engine: the reference engine's equations as vector kernels, compiled by Numba for this machine."""

from mnist_nn.engines.compiled.engine import CompiledEngine

__all__ = ["CompiledEngine"]
