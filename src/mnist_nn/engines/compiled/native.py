"""Loads kernels: intermediate code from the package becomes machine code for this processor, with an address to call.

The intermediate code in ``code`` was made by ``kernels/lowering.py``. LLVM translates the parts that are needed in
about a second, and `machine_code` keeps the result for later processes. LLVM is loaded only if it is needed.
"""

import ctypes
import gzip
import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import count
from typing import Any

import llvmlite

from mnist_nn.engines.compiled import machine_code, object_file
from mnist_nn.engines.compiled.records import Words
from mnist_nn.engines.compiled.target import Target, host
from mnist_nn.errors import ConfigError

PATIENCE = 1.0  # seconds after which a person is told what takes so long
ENTRY = "run"
_LOCK = threading.RLock()
_NUMBERS = count()  # a linker wants another name for every library
_logger = logging.getLogger("mnist_nn")


class Kernel:
    """Machine code in memory, which takes a record's words and returns an integer; other threads can run meanwhile.

    ``function`` is the same for callers that keep the words themselves; it takes their address.
    """

    def __init__(self, address: int, memory: object) -> None:
        self.function: Callable[[int], int] = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(address)
        self._memory = memory  # which is given back with the last reference to it

    def __call__(self, words: Words) -> int:
        """Run the kernel on the record that the words hold."""
        return self.function(words.address)


def load(name: str, form: str, vectors: int = 0) -> Kernel:
    """Return a kernel that is ready to be called.

    Parameters
    ----------
    name, form
        The name of the kernel, and the form of samples that it works on (`records.FORMS`).
    vectors
        Vectors in a wide block of columns; 0 for a kernel that does not use columns.

    Raises
    ------
    ConfigError
        If LLVM cannot make or load its machine code.
    """
    # A kernel for two vectors serves blocks of one as well.
    return _load("-".join([name, form, *([str(max(vectors, 2))] if vectors else [])]), host())


def check() -> None:
    """Raise ConfigError unless kernels can run here; this prepares the smallest one."""
    load("fill_pairs", "bytes")


@cache
def _load(name: str, target: Target) -> Kernel:
    with _LOCK:
        try:
            packed = _read(name, target)
            image = machine_code.fetch(name, _key(packed, target), lambda: _compile(gzip.decompress(packed), target))
            return _link(name, image, target)
        except (OSError, RuntimeError, ValueError) as error:
            raise ConfigError(
                f"the compiled engine cannot run here: {' '.join(str(error).split())}; choose engine reference"
            ) from error


def _read(name: str, target: Target) -> bytes:
    """Return a kernel's intermediate code, for vectors of the target's width, compressed."""
    return (files(__package__) / "code" / str(target.lanes) / f"{name}.ll.gz").read_bytes()


def _key(packed: bytes, target: Target) -> bytes:
    """All that machine code depends on."""
    return sha256(packed).digest() + repr((llvmlite.__version__, *target)).encode()


def _machine(target: Target) -> Any:
    import llvmlite.binding as llvm  # noqa: PLC0415 50 MB that a process does without if its machine code is kept

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    chosen = llvm.Target.from_triple(target.triple)
    return chosen.create_target_machine(target.cpu, target.features, opt=2, reloc="pic", codemodel="default", jit=False)


def emit(code: bytes, target: Target) -> bytes:
    """Compile intermediate code to machine code: an object file."""
    import llvmlite.binding as llvm  # noqa: PLC0415 as above

    machine, module = _machine(target), llvm.parse_assembly(code.decode())
    module.triple, module.data_layout = target.triple, str(machine.target_data)
    return bytes(machine.emit_object(module))


def _compile(code: bytes, target: Target) -> bytes:
    """Make machine code, and tell a person who waits what takes so long."""
    said = "making machine code for this processor, once; this takes a few seconds"
    notice = threading.Timer(PATIENCE, _logger.info, [said])
    notice.daemon = True
    notice.start()
    try:
        return emit(code, target)
    finally:
        notice.cancel()
        _give_memory_back()


def _give_memory_back() -> None:
    """Give back to the system what LLVM has freed, 20 MB, which the C library of Linux would keep."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _link(name: str, image: bytes, target: Target) -> Kernel:
    """Put an object file into memory, where it stays, and return its entry."""
    if object_file.is_known_system():
        with suppress(object_file.Unknown):
            return Kernel(*object_file.load(image, ENTRY, _system()))
    return _link_by_llvm(name, image, target)


@cache
def _linker(target: Target) -> Any:
    import llvmlite.binding as llvm  # noqa: PLC0415 as above

    return llvm.create_lljit_compiler(_machine(target))


def _link_by_llvm(name: str, image: bytes, target: Target) -> Kernel:
    import llvmlite.binding as llvm  # noqa: PLC0415 as above

    builder = llvm.JITLibraryBuilder().add_object_img(image).export_symbol(ENTRY)
    for symbol, address in _system().items():
        builder.import_symbol(symbol, address)
    library = builder.link(_linker(target), f"{name} {next(_NUMBERS)}")
    return Kernel(library[ENTRY], library)


@cache
def _system() -> dict[str, int]:
    """Addresses of the functions that kernels call."""
    if sys.platform == "win32":
        library, others = ctypes.CDLL("ucrtbase"), ctypes.WinDLL("kernel32")
        found = {"sched_yield": others.SwitchToThread}
    else:
        library = ctypes.CDLL(None)
        found = {"sched_yield": library.sched_yield}
    found |= {name: getattr(library, name) for name in ("log", "logf", "pow", "memset", "memcpy")}
    return {name: int(ctypes.cast(function, ctypes.c_void_p).value or 0) for name, function in found.items()}
