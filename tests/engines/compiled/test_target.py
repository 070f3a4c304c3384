"""The width of vectors and of blocks that suits a processor."""

import pytest

from mnist_nn.engines.compiled.target import _vectors_of, host

LINUX, APPLE = "x86_64-unknown-linux-gnu", "arm64-apple-darwin23.0.0"


@pytest.mark.parametrize(
    ("triple", "features", "expected"),
    [
        (LINUX, {"avx512f": True, "avx2": True, "fma": True}, (16, 4)),
        (LINUX, {"avx512f": False, "avx2": True, "fma": True}, (8, 2)),
        (LINUX, {"avx2": True, "fma": False}, (4, 2)),
        (LINUX, {}, (4, 2)),
        ("aarch64-unknown-linux-gnu", {"neon": True}, (4, 4)),
        (APPLE, {}, (4, 4)),
    ],
)
def test_vectors_are_as_wide_as_the_registers(
    triple: str, features: dict[str, bool], expected: tuple[int, int]
) -> None:
    assert _vectors_of(triple, features) == expected


def test_this_processor_has_a_name() -> None:
    assert host() is host()
    assert all(host()[:3])
