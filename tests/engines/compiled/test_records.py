"""Records as words: what a field is, how many words it takes, and that its arrays stay where they are."""

import gc
import struct

import numpy as np

from mnist_nn.engines.compiled.records import (
    FORMS,
    Block,
    Context,
    Data,
    Images,
    Layer,
    Learning,
    Matrix,
    Memory,
    Net,
    Recipe,
    Targets,
    Words,
    fields,
    size_of,
)


def test_fields_are_numbers_names_of_types_or_records() -> None:
    assert fields(Net) == {"layers": "int64", "depth": int}
    assert fields(Data)["targets"] is Targets
    assert fields(Images)["pixels"] == "pixel"
    assert fields(Recipe)["as_pairs"] is bool
    assert fields(Recipe)["momentum"] is float


def test_a_form_says_what_its_arrays_hold() -> None:
    assert [form.type_of("pixel") for form in FORMS.values()] == ["uint16", "uint32", "uint16"]
    assert FORMS["floats"].type_of("float64") == "float64"


def test_records_within_records_take_their_own_words() -> None:
    assert size_of(Data) == 6 + size_of(Targets) + 2
    assert size_of(Learning) == size_of(Context) + size_of(Data) + 2 + 3
    assert size_of(Memory) == len(Memory._fields)


def test_words_hold_addresses_and_numbers_in_the_order_of_the_fields() -> None:
    array = np.zeros(3, np.float32)
    words = Words(Matrix(array, 5, -7, 1))
    assert words.array.tolist() == [array.ctypes.data, 5, -7, 1]
    assert words.address == words.array.ctypes.data


def test_floats_and_truth_values_are_words_too() -> None:
    none = np.zeros(0)
    recipe = Recipe(1, 2, 3, 4, True, False, True, False, 0.9, 0.999, 1e-8, 0.0, 0.5, 1, 7, 8, none, none)
    raw = Words(recipe).array.tobytes()
    assert struct.unpack("=8q6d2q", raw[: 16 * 8]) == (1, 2, 3, 4, 1, 0, 1, 0, 0.9, 0.999, 1e-8, 0.0, 0.5, 1.0, 7, 8)


def test_arrays_of_a_record_live_as_long_as_its_words() -> None:
    words = Words(Net(np.arange(16), 2))
    gc.collect()
    assert words.record.layers.tolist() == list(range(16))
    assert Words(Block(64, 2)).array.size == len(Block._fields)
    assert Words(Layer(*range(8))).array.tolist() == list(range(8))
