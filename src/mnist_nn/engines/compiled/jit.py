"""How kernels are compiled, and where the machine code is kept between processes.

Compiled code lies in the user's cache directory, in a folder of its own for each version of these sources, of Numba,
of Python and of the machine, so that code made for another is never even looked at. Where that directory cannot be
written to, a temporary one lasts as long as the process.
"""

import atexit
import hashlib
import logging
import platform
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
import platformdirs
from numba.core.caching import NullCache
from numba.core.config import _OptLevel
from numba.core.errors import NumbaError

from mnist_nn.errors import ConfigError
from mnist_nn.nn import activations

_LOCK = threading.RLock()
_LOGGER = logging.getLogger("mnist_nn")
_READY: set[Any] = set()  # kernels, and how the arguments looked that they can run on
TOO_LARGE = 2**63  # an integer from here on is unsigned to Numba
PATIENCE = 1.0  # seconds after which a person is told what takes so long
SOURCES = Path(__file__).parent
# The kernels say themselves what goes into registers; LLVM's first level makes the same code in less time.
QUICK = _OptLevel(1)
# Without the lock, so that threads run side by side; without reference counts, because kernels allocate nothing and
# counting makes them several times slower.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


@cache
def directory() -> Path:
    """Folder of the machine code of exactly these sources on exactly this machine and interpreter."""
    digest = hashlib.sha256()
    for path in (*sorted(SOURCES.rglob("*.py")), Path(activations.__file__)):  # units.py takes LEAK from there
        digest.update(path.read_bytes())
    about = (numba.__version__, llvmlite.__version__, platform.python_version(), platform.machine(), str(SOURCES))
    digest.update(repr((*about, llvmlite.binding.get_host_cpu_name())).encode())
    chosen = platformdirs.user_cache_path("mnist-nn") / f"compiled-{digest.hexdigest()[:16]}"
    return chosen if _is_writable(chosen) else _temporary()


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _temporary() -> Path:
    # A private folder with a fresh name: what lies in a shared, guessable one could have been put there by anybody.
    try:
        folder = Path(tempfile.mkdtemp(prefix="mnist-nn-"))
    except OSError as error:
        raise ConfigError(
            "the compiled engine finds no folder to keep its machine code in; set XDG_CACHE_HOME or TMPDIR to one, "
            "or choose engine reference"
        ) from error
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def _numba_setting(name: str, value: Any) -> Iterator[None]:
    """Hold one of Numba's settings for a moment; the rest of the process keeps its own."""
    with _LOCK:
        before = getattr(numba.config, name)
        setattr(numba.config, name, value)
        try:
            yield
        finally:
            setattr(numba.config, name, before)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile on first call, without the GIL, and keep the machine code for later processes."""
    with _numba_setting("CACHE_DIR", str(directory())):
        return numba.njit(cache=True, **OPTIONS)(function)


# Inlined by LLVM wherever it is called. Nothing calls it from Python, so the two wrappers for that are not compiled.
WITHOUT_WRAPPERS: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
inline = numba.njit(forceinline=True, **WITHOUT_WRAPPERS, **OPTIONS)


def run(compiled: Any, *arguments: Any) -> Any:
    """Call a kernel, compiling it if need be."""
    compile_for(compiled, arguments)
    return compiled(*arguments)


def compile_for(compiled: Any, arguments: tuple[Any, ...]) -> None:
    """Compile a kernel, or load its machine code, for arguments of these types, without running it."""
    looks = (compiled, _look(arguments))
    if looks not in _READY:
        types = _types(arguments)
        if types not in compiled.overloads:
            _compile_aloud(compiled, types)
        _READY.add(looks)


def is_kept(compiled: Any, arguments: tuple[Any, ...]) -> bool:
    """Whether a kernel can run on arguments of these types without a compiler: its machine code is here, or on disk."""
    types = _types(arguments)
    try:
        return types in compiled.overloads or compiled._cache.load_overload(types, compiled.targetctx) is not None  # noqa: SLF001 - Numba has no public way to ask
    except Exception:  # noqa: BLE001 - a damaged pickle can raise anything at all
        return False


def _types(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(numba.typeof(argument) for argument in arguments)


def _look(argument: Any) -> Any:
    """What Numba's type of an argument depends on, found in a tenth of the time that Numba takes for the type."""
    if isinstance(argument, np.ndarray):
        return argument.dtype, argument.ndim, argument.flags.num
    if isinstance(argument, tuple):
        return type(argument), tuple(map(_look, argument))
    return type(argument), isinstance(argument, int) and argument >= TOO_LARGE


def _compile_aloud(compiled: Any, types: tuple[Any, ...]) -> None:
    """Compile, and tell a person who waits what takes so long."""
    notice = threading.Timer(PATIENCE, _LOGGER.info, ["compiling for this machine, once; this takes some ten seconds"])
    notice.start()
    try:
        with _numba_setting("OPT", QUICK):
            _compile(compiled, types)
    finally:
        notice.cancel()


def _compile(compiled: Any, types: tuple[Any, ...]) -> None:
    for mend in (_drop_files, _stop_keeping):
        try:
            compiled.compile(types)
        except NumbaError:
            raise
        except Exception as error:  # noqa: BLE001 - a damaged pickle can raise anything at all
            _LOGGER.warning("the compiled code in %s cannot be used (%s); compiling anew", directory(), error)
            mend(compiled)
        else:
            return
    compiled.compile(types)


def _drop_files(compiled: Any) -> None:
    """Delete what is kept of one kernel, which was damaged."""
    for path in directory().glob(f"*/*.{compiled.__name__}-*.nb[ci]"):
        path.unlink(missing_ok=True)


def _stop_keeping(compiled: Any) -> None:
    """Keep nothing more of one kernel: there is no room."""
    compiled._cache = NullCache()  # noqa: SLF001 - Numba has no public way to stop caching one function
