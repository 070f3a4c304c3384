"""Pairs and entries: what goes in comes out, for bytes and for floats."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.engines.compiled.codes import BYTE
from mnist_nn.engines.compiled.kernels.options import OPTIONS
from mnist_nn.engines.compiled.kernels.pairs import (
    entry_input,
    entry_place,
    input_at,
    mark_ink,
    mark_special,
    pack_entry,
    value_of,
)
from mnist_nn.engines.compiled.records import FORMS

Array = npt.NDArray[Any]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]  # Numba compiles for seconds
RNG = np.random.default_rng(0)
FLOATS = np.concatenate([[0, -0.0, 1e-42, -3e38], RNG.normal(size=252)]).astype(np.float32)


@numba.njit(**OPTIONS)
def entries_kernel(values, places, table, entries, inputs, places_out, inputs_out):
    for i in range(values.size):
        inputs[i] = input_at(values, i, table)
        entries[i] = pack_entry(places[i], values[i])
        places_out[i] = entry_place(entries[i])
        inputs_out[i] = entry_input(entries[i], table)


@pytest.mark.parametrize(
    ("values", "expected"),
    [(np.arange(256).astype(np.uint8), (np.arange(256) / 255).astype(np.float32)), (FLOATS, FLOATS)],
    ids=["bytes", "floats"],
)
def test_a_pair_and_its_entry_hold_the_same_input(values: Array, expected: Array) -> None:
    places = RNG.integers(0, 2**24, 256)
    entries = np.zeros(256, {form.value: form.entry for form in FORMS.values()}[values.dtype.name])
    inputs, places_out, inputs_out = np.zeros(256, np.float32), np.zeros(256, np.int64), np.zeros(256, np.float32)
    entries_kernel(values, places, BYTE, entries, inputs, places_out, inputs_out)
    assert inputs.tobytes() == inputs_out.tobytes() == expected.tobytes()
    np.testing.assert_array_equal(places_out, places)
    assert len(np.unique(entries)) == 256


@numba.njit(**OPTIONS)
def value_kernel(values, table):
    for byte in range(256):
        values[byte] = value_of(values, np.uint8(byte), table)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_pixel_is_its_byte_or_what_the_byte_stands_for(dtype: npt.DTypeLike) -> None:
    values = np.zeros(256, dtype)
    value_kernel(values, BYTE)
    np.testing.assert_array_equal(values, np.arange(256) if dtype == np.uint8 else BYTE)


@numba.njit(**OPTIONS)
def marks_kernel(image, marks):
    marks[0] = mark_ink(image, 1)
    marks[1] = mark_special(image, 1)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_word_marks_ink_and_what_is_not_finite(dtype: npt.DTypeLike) -> None:
    image = (RNG.integers(0, 3, 65) * (RNG.random(65) < 0.5)).astype(dtype)
    if dtype == np.float32:
        image[[3, 9, 20, 64]] = [np.nan, np.inf, -np.inf, -0.0]
    marks = np.zeros(2, np.uint64)
    marks_kernel(image, marks)
    ink, special = ([bool(int(mark) >> n & 1) for n in range(64)] for mark in marks)
    np.testing.assert_array_equal(ink, image[1:] != 0)
    np.testing.assert_array_equal(special, ~np.isfinite(image[1:]))
