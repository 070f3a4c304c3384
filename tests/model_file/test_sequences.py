"""Sequence networks and the calibration of numbers come back from a file, or the file is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.evaluation.likeness import summarize_looks
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.model_file.sequences import (
    build_number_calibration,
    build_sequences,
    check_reads_lines,
    collect_number_tensors,
    collect_sequence_tensors,
    describe_number_calibration,
    describe_sequences,
)
from mnist_nn.model_file.storage import HEADER, Model, from_bytes, read_header, to_bytes
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network

SHAPE = NetworkConfig(inputs=1152, hidden=(2,), outputs=11, activation="relu", output="softmax")
NUMBERS = NumberCalibration(("margin", "digits"), np.array([2.0, -0.5]), 0.25, np.array([[0.5, 0.01, 0.75]]))


def rounded(seed: int) -> Network:
    """A network whose parameters have no more bits than an F16."""
    return Network.of(SHAPE, (p.astype(np.float16) for p in Network.create(SHAPE, seed).parameters))


def whole_model(*sequences: Network) -> Model:
    small = NetworkConfig(inputs=2, hidden=(), outputs=2)
    return Model(Network.create(small), sequences=sequences, number_calibration=NUMBERS)


def with_header(change: Callable[[dict[str, Any]], Any]) -> bytes:
    data = to_bytes(whole_model(rounded(1), rounded(2)))
    return save_tensors(load_tensors(data), {HEADER: json.dumps(change(read_header(data)))})


def test_sequence_networks_come_back_bit_by_bit() -> None:
    model = whole_model(rounded(1), Network.create(SHAPE, 2))
    again = from_bytes(to_bytes(model))
    assert to_bytes(again) == to_bytes(model)
    for one, other in zip(model.sequences, again.sequences, strict=True):
        assert one.config == other.config
        assert all(np.array_equal(p, q) for p, q in zip(one.parameters, other.parameters, strict=True))
    assert again.number_calibration is not None
    assert again.number_calibration.features == NUMBERS.features


def test_arrays_are_halved_only_where_nothing_is_lost() -> None:
    tensors = collect_sequence_tensors((rounded(1), Network.create(SHAPE, 2)))
    assert tensors["sequences/0/W1"].dtype == np.float16
    assert tensors["sequences/1/W1"].dtype == np.float32
    large = Network.of(SHAPE, (np.full_like(p, 1e30) for p in Network.create(SHAPE).parameters))
    assert collect_sequence_tensors([large])["sequences/0/W1"].dtype == np.float32


def test_parts_are_built_of_what_describes_and_collects_them() -> None:
    (network,) = build_sequences(describe_sequences([rounded(3)]), collect_sequence_tensors([rounded(3)]))
    assert np.array_equal(network.weights[0], rounded(3).weights[0])
    again = build_number_calibration(describe_number_calibration(NUMBERS), collect_number_tensors(NUMBERS))
    assert (again.features, again.bias, again.weights.tolist()) == (("margin", "digits"), 0.25, [2.0, -0.5])


def test_how_numbers_look_comes_back_and_may_be_missing() -> None:
    looks = summarize_looks(("height", "pen"), np.arange(60.0).reshape(30, 2), units=7)
    model = replace(whole_model(), number_calibration=replace(NUMBERS, looks=looks))
    kept = from_bytes(to_bytes(model)).number_calibration
    assert kept is not None
    assert kept.looks is not None
    assert (kept.looks.names, kept.looks.answers, kept.looks.units) == (("height", "pen"), 30, 7)
    assert np.array_equal(kept.looks.ranks, looks.ranks)
    assert np.array_equal(kept.looks.values, looks.values)
    older = from_bytes(to_bytes(whole_model())).number_calibration
    assert older is not None
    assert older.looks is None


@pytest.mark.parametrize("change", [{"units": 31}, {"answers": 20}, {"names": ["height"]}, {"answers": "many"}])
def test_a_summary_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    looks = summarize_looks(("height", "pen"), np.arange(60.0).reshape(30, 2))
    data = to_bytes(replace(whole_model(), number_calibration=replace(NUMBERS, looks=looks)))
    header = read_header(data)
    header["number_calibration"]["looks"] |= change
    with pytest.raises(ModelFileError):
        from_bytes(save_tensors(load_tensors(data), {HEADER: json.dumps(header)}))


def test_files_without_sequences_are_written_and_read_as_ever() -> None:
    data = to_bytes(Model(Network.create()))
    assert not {"sequences", "number_calibration"} & set(read_header(data))
    again = from_bytes(data)
    assert again.sequences == ()
    assert again.number_calibration is None


@pytest.mark.parametrize("change", [{"inputs": 784}, {"outputs": 10}, {"output": "sigmoid"}])
def test_another_kind_of_network_is_refused(change: dict[str, Any]) -> None:
    other = NetworkConfig.from_dict(SHAPE.to_dict() | change)
    with pytest.raises(ConfigError, match="1152 inputs and 11 softmax outputs"):
        check_reads_lines(other)
    with pytest.raises(ModelFileError, match="1152 inputs and 11 softmax outputs"):
        to_bytes(whole_model(Network.create(other)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("sequences", 0, "window", "step"), 3),
        (("sequences", 0, "window"), None),
        (("sequences", 0, "network", "inputs"), 784),
        (("sequences", 0, "network", "hidden"), [3]),
        (("sequences", 0, "network"), None),
        (("sequences", 0), {}),
        (("sequences",), [1]),
        (("sequences",), {"a": 1}),
        (("sequences",), 3),
        (("number_calibration", "features"), ["margin"]),
        (("number_calibration", "bias"), "much"),
        (("number_calibration", "bias"), float("nan")),
        (("number_calibration",), {"bias": 1}),
    ],
)
def test_a_header_that_does_not_fit_is_refused(path: tuple[Any, ...], value: Any) -> None:
    def change(header: dict[str, Any]) -> dict[str, Any]:
        part: Any = header
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = value
        return header

    with pytest.raises(ModelFileError):
        from_bytes(with_header(change))


@given(st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=100, deadline=None)
def test_a_damaged_byte_loads_or_is_refused(place: int, change: int) -> None:
    data = bytearray(to_bytes(whole_model(rounded(1))))
    data[place % len(data)] ^= change
    try:
        model = from_bytes(bytes(data))
    except ModelFileError:
        return
    assert all(np.isfinite(p).all() for network in model.sequences for p in network.parameters)
