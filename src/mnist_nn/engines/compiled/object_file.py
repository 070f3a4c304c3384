"""Links the object file of a kernel so that it can be called, without LLVM, which takes 50 MB of memory.

It understands only what such a file contains on Linux with x86-64, and leaves everything else to LLVM's own linker.
"""

import ctypes
import mmap
import os
import platform
import struct
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_HEADER, _SECTION = struct.Struct("<18xH20xQ10x3H"), struct.Struct("<4xIQ8xQQII16x")
_SYMBOL, _RELOCATION = struct.Struct("<I2xHQ8x"), struct.Struct("<QIIq")
_ELF, _X86_64 = b"\x7fELF\x02\x01", 62
_SYMBOLS, _RELOCATIONS, _NO_CONTENT = 2, 4, 8  # kinds of sections
_WRITTEN, _IN_MEMORY = 1, 2  # flags of sections
_UNDEFINED = 0  # the section of a symbol that lies elsewhere
_DISTANCES = {2, 4}  # R_X86_64_PC32 and R_X86_64_PLT32: the distance from here to there, in 32 bits
_STUB = struct.Struct("<6sQ2x")
_JUMP = b"\xff\x25\0\0\0\0"  # to the address that lies behind it


class Unknown(ValueError):  # noqa: N818 not an error: another linker is asked
    """The file contains something that this module does not know."""


class Loaded(NamedTuple):
    """The address of a function, and the memory that must be kept as long as the function may be called."""

    address: int
    memory: object


class _Section(NamedTuple):
    kind: int
    flags: int
    start: int
    size: int
    link: int
    info: int


def is_known_system() -> bool:
    """Say whether this module knows the object files of this system."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


def load(image: bytes, entry: str, functions: Mapping[str, int]) -> Loaded:
    """Put an object file into memory that can be executed but no longer written.

    Parameters
    ----------
    image
        The object file. Its sections stay where they are in the file, which has the alignment that memory needs.
    entry
        The function whose address is returned.
    functions
        Addresses of the functions that it may call. They may be far away, so it calls them through a jump.

    Raises
    ------
    Unknown
        If the file contains something that is not known here.
    OSError
        If the system does not allow it.
    """
    try:
        return _load(image, entry, functions)
    except Unknown:
        raise
    except (struct.error, LookupError, ValueError, OverflowError) as error:
        raise Unknown(f"the object file is damaged: {error}") from error


def _load(image: bytes, entry: str, functions: Mapping[str, int]) -> Loaded:
    sections, content = list(_read_sections(image)), bytearray(image)
    stubs = {}
    for name, address in functions.items():
        content += bytes(-len(content) % _STUB.size)
        stubs[name] = len(content)
        content += _STUB.pack(_JUMP, address)
    (table,) = (section for section in sections if section.kind == _SYMBOLS)
    symbols = list(_read_symbols(image, table, sections, stubs))
    for section in sections:
        if section.kind == _RELOCATIONS and sections[section.info].flags & _IN_MEMORY:
            _relocate(content, section, sections[section.info].start, [place for _, place in symbols])
    places = dict(symbols)
    if entry not in places:
        raise Unknown(f"the object file has no function {entry}")
    memory = _make_executable(content)
    return Loaded(_address_of(memory) + places[entry], memory)


def _read_sections(image: bytes) -> Iterator[_Section]:
    machine, at, size, count, _ = _HEADER.unpack_from(image)
    if not image.startswith(_ELF) or machine != _X86_64:
        raise Unknown("this is not an object file of a known system")
    for n in range(count):
        section = _Section(*_SECTION.unpack_from(image, at + n * size))
        if section.flags & _IN_MEMORY and (section.flags & _WRITTEN or section.kind == _NO_CONTENT):
            raise Unknown("the object file has variables")
        yield section


def _read_symbols(
    image: bytes, table: _Section, sections: list[_Section], stubs: Mapping[str, int]
) -> Iterator[tuple[str, int]]:
    """Yield the name of every symbol and its place in the image, -1 where it has none."""
    names = sections[table.link].start
    for at in range(table.start, table.start + table.size, _SYMBOL.size):
        name_at, section, value = _SYMBOL.unpack_from(image, at)
        name = image[names + name_at : image.index(b"\0", names + name_at)].decode()
        if section == _UNDEFINED:
            if name and name not in stubs:
                raise Unknown(f"the object file asks for {name}")
            yield name, stubs.get(name, -1)
        else:
            yield name, sections[section].start + value if section < len(sections) else -1


def _relocate(content: bytearray, section: _Section, start: int, places: list[int]) -> None:
    """Write the distances that a section asks for into the one that begins at ``start``."""
    for at in range(section.start, section.start + section.size, _RELOCATION.size):
        offset, kind, symbol, addend = _RELOCATION.unpack_from(content, at)
        if kind not in _DISTANCES or places[symbol] < 0:
            raise Unknown(f"the object file has a relocation of kind {kind}")
        struct.pack_into("<i", content, start + offset, places[symbol] + addend - (start + offset))


def _make_executable(content: bytearray) -> mmap.mmap:
    memory = mmap.mmap(-1, len(content), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory[:] = bytes(content)
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    if protect(_address_of(memory), len(content), mmap.PROT_READ | mmap.PROT_EXEC):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return memory


def _address_of(memory: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))
