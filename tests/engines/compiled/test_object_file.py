"""Object files of kernels: put into memory without LLVM, or left to its linker, and never misunderstood."""

import ctypes
import gzip
from contextlib import suppress
from functools import cache
from pathlib import Path

import llvmlite.binding as llvm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.engines.compiled import native, object_file
from mnist_nn.engines.compiled.target import host

pytestmark = pytest.mark.skipif(not object_file.is_known_system(), reason="LLVM's linker is used on this system")

# It reads a constant, calls a function of the system, and jumps by a table.
CODE = b"""
@table = internal constant [4 x i64] [i64 10, i64 20, i64 30, i64 40]
declare double @pow(double, double)
define i64 @run(ptr %record) {
  %n = load i64, ptr %record
  switch i64 %n, label %other [i64 0, label %a i64 1, label %b i64 2, label %c i64 3, label %d i64 4, label %e]
a:
  ret i64 7
b:
  ret i64 11
c:
  ret i64 13
d:
  %p = call double @pow(double 1.5, double 4.0)
  %q = fptosi double %p to i64
  ret i64 %q
e:
  ret i64 19
other:
  %i = and i64 %n, 3
  %at = getelementptr [4 x i64], ptr @table, i64 0, i64 %i
  %v = load i64, ptr %at
  ret i64 %v
}
"""


@cache
def emit(code: bytes = CODE) -> bytes:
    return native.emit(code, host())


def call(loaded: object_file.Loaded, number: int) -> int:
    record = ctypes.c_int64(number)
    return int(ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(loaded.address)(ctypes.addressof(record)))


def test_a_function_finds_its_constants_its_jumps_and_the_functions_of_the_system() -> None:
    loaded = object_file.load(emit(), "run", native._system())
    assert [call(loaded, n) for n in range(8)] == [7, 11, 13, 5, 19, 20, 30, 40]


def test_its_memory_can_be_executed_and_not_written() -> None:
    loaded = object_file.load(emit(), "run", native._system())
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, rights, *_ = line.split()
        first, last = (int(part, 16) for part in span.split("-"))
        if first <= loaded.address < last:
            assert rights.startswith("r-x")
            return
    pytest.fail("it is nowhere in memory")


def test_every_kernel_of_the_package_is_known() -> None:
    for path in (Path(native.__file__).parent / "code" / str(host().lanes)).glob("*-bytes*.ll.gz"):
        name = path.name.removesuffix(".ll.gz")
        packed = native._read(name, host())
        image = native.machine_code.fetch(
            name, native._key(packed, host()), lambda packed=packed: emit(gzip.decompress(packed))
        )
        assert object_file.load(image, "run", native._system()).address


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (CODE.replace(b"@pow", b"@powerful"), "asks for powerful"),
        (CODE.replace(b"@run", b"@walk"), "has no function run"),
        (CODE.replace(b"internal constant", b"global"), "has variables"),
    ],
)
def test_what_is_not_known_is_left_to_another_linker(code: bytes, reason: str) -> None:
    with pytest.raises(object_file.Unknown, match=reason):
        object_file.load(emit(code), "run", native._system())


def test_an_object_file_for_another_processor_is_not_known() -> None:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple("aarch64-unknown-linux-gnu").create_target_machine(reloc="pic")
    with pytest.raises(object_file.Unknown, match="not an object file of a known system"):
        object_file.load(machine.emit_object(llvm.parse_assembly(CODE.decode())), "run", native._system())


@given(st.data())
def test_a_damaged_file_is_refused_or_loaded_and_nothing_else(data: st.DataObject) -> None:
    image = bytearray(emit())
    for _ in range(data.draw(st.integers(1, 4))):
        image[data.draw(st.integers(0, len(image) - 1))] = data.draw(st.integers(0, 255))
    with suppress(object_file.Unknown):
        assert object_file.load(bytes(image[: data.draw(st.integers(0, len(image)))]), "run", native._system()).address
