"""The contestants, one module each; a module is imported only in the process that races it."""

from importlib import import_module

from benchmarks.task import Peer

OURS = "mnist-nn"
MODULES = {
    OURS: ("ours", "Ours"),
    "NumPy": ("numpy_textbook", "NumPy"),
    "scikit-learn": ("scikit_learn", "ScikitLearn"),
    "PyTorch": ("pytorch", "PyTorch"),
    "torch.compile": ("pytorch", "Compiled"),
    "JAX": ("jax_scan", "Jax"),
    "ONNX Runtime": ("onnx_runtime", "OnnxRuntime"),
}
PACKAGES = ("numpy", "numba", "scikit-learn", "torch", "jax", "onnxruntime")
TRAINERS = tuple(name for name in MODULES if name != "ONNX Runtime")


def peer(name: str) -> type[Peer]:
    """Import a contestant."""
    module, cls = MODULES[name]
    return getattr(import_module(f"benchmarks.peers.{module}"), cls)  # type: ignore[no-any-return]
