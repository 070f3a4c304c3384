"""The model file: what is saved comes back, and no bytes whatever do anything but load or be refused in one line."""

import ast
import json
import math
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from changed_files import sealed, with_document, without_checksum
from hypothesis import example, given, settings
from hypothesis import strategies as st

import mnist_nn
from mnist_nn import Checkpoint, Model, Network, NetworkConfig, Samples, TrainingConfig, load_model, save_model, train
from mnist_nn.engines.base import Tally
from mnist_nn.errors import FileInUseError, MnistNNError, ModelFileError
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.model_file.storage import FORMAT, check_writable, from_bytes, keep_others_off, to_bytes
from mnist_nn.nn.config import ACTIVATIONS, DTYPES, OPTIMIZERS, OUTPUTS
from mnist_nn.nn.optimizers import OptimizerState, initial_state
from mnist_nn.training.checkpoint import Scores
from mnist_nn.training.early_stopping import Best

BOUNDED = settings(deadline=None, max_examples=60)
SHAPE = NetworkConfig(inputs=3, hidden=(4,), outputs=2)
HOLD = """
import sys
from mnist_nn.util.locks import keep_others_off
with keep_others_off(sys.argv[1], "choose another"):
    print("held", flush=True)
    sys.stdin.read()
"""
OrdinaryUser = Callable[[], AbstractContextManager[None]]
SizeLimit = Callable[[int], AbstractContextManager[None]]


def drawn(network: NetworkConfig, seed: int) -> Network:
    """A network whose biases are not zero either."""
    rng = np.random.default_rng(seed)
    return Network.of(network, [rng.normal(size=p.shape) for p in Network.create(network).parameters])


def checkpoint(network: Network, training: TrainingConfig, best: Network | None = None) -> Checkpoint:
    empty = initial_state(training.optimizer, network.parameters)
    slots = {name: tuple(np.full_like(p, 0.5) for p in arrays) for name, arrays in empty.slots.items()}
    rows = (Scores(1, 0.5, 0.75, 0.25, 0.1, 1.5), Scores(2, 0.25, 0.5, 0.75, 0.05, 1.25, 0.3, 0.875))
    return Checkpoint(
        network=network,
        state=OptimizerState(17, slots),
        epoch=2,
        offset=30,
        tally=Tally(30, 1.25, 2.5, 20),
        seconds=0.75,
        best=best and Best(best, 1, 0.875),
        history=rows,
        engines=("compiled", "reference"),
    )


@cache
def whole_file() -> bytes:
    """A file with everything in it: slots, a best network, history, scores."""
    training = TrainingConfig(optimizer="adam", validation=0.1, patience=3)
    at = checkpoint(drawn(SHAPE, 1), training, drawn(SHAPE, 2))
    calibration = Calibration(1.5, np.linspace(-1, 1, 7), 0.25, 0.1, np.array([[0.1, 0.2, 1.0], [0.9, 0.01, 0.5]]))
    return to_bytes(
        Model.of(at, training, data={"name": "mnist"}, scores={"test_accuracy": 0.9}, calibration=calibration)
    )


def values(at: Checkpoint | None) -> object:
    if at is None:
        return None
    slots = {name: [a.tobytes() for a in arrays] for name, arrays in at.state.slots.items()}
    best = at.best and (at.best.epoch, at.best.accuracy, bits(at.best.network))
    rest = at.epoch, at.offset, at.tally, at.seconds, best, at.history, at.engines
    return (bits(at.network), at.state.updates, slots, *rest)


def bits(network: Network) -> tuple[NetworkConfig, list[bytes]]:
    return network.config, [p.tobytes() for p in network.parameters]


def load_or_refusal(data: bytes) -> Model | str:
    """What bytes load as; any other error than a refusal in one line fails the test."""
    try:
        return from_bytes(data)
    except ModelFileError as error:
        assert "\n" not in str(error)  # noqa: PT017
        assert isinstance(error, (MnistNNError, OSError))  # noqa: PT017
        return str(error)


# What is saved comes back


@st.composite
def models(draw: st.DrawFn) -> Model:
    hidden = draw(st.lists(st.integers(1, 5), max_size=3))
    shape = NetworkConfig(
        inputs=draw(st.integers(1, 5)),
        hidden=hidden,
        outputs=draw(st.integers(2, 4)),
        activation=draw(st.lists(st.sampled_from(ACTIVATIONS), min_size=len(hidden), max_size=len(hidden))),
        output=draw(st.sampled_from(OUTPUTS)),
        dtype=draw(st.sampled_from(DTYPES)),
    )
    network = drawn(shape, draw(st.integers(0, 99)))
    best = draw(st.none() | st.integers(0, 99).map(lambda seed: drawn(shape, seed)) | st.just(network))
    scores = draw(st.dictionaries(st.text(), st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.none()))
    if draw(st.booleans()):
        return Model(network, scores=scores)
    training = TrainingConfig(
        loss="cross_entropy",
        optimizer=draw(st.sampled_from(OPTIMIZERS)),
        seed=draw(st.integers(0, 2**64 - 1)),
        validation=0.1,
        patience=4,
    )
    return Model.of(checkpoint(network, training, best), training, data={"name": "é\n"}, scores=scores)


@BOUNDED
@given(models())
def test_a_model_comes_back_bit_by_bit(model: Model) -> None:
    again = from_bytes(to_bytes(model))
    assert bits(again.network) == bits(model.network)
    assert again.training == model.training
    assert values(again.checkpoint) == values(model.checkpoint)
    assert (again.data, again.scores, again.versions) == (model.data, model.scores, model.versions)
    assert all(not p.flags.writeable for p in again.network.parameters)


@BOUNDED
@given(models())
def test_equal_models_are_equal_bytes(model: Model) -> None:
    assert to_bytes(from_bytes(to_bytes(model))) == to_bytes(model)


def test_a_trained_network_answers_the_same_after_loading(tmp_path: Path, clouds: Callable[..., Samples]) -> None:
    samples = clouds(100, 3, 2)
    training = TrainingConfig(epochs=2, optimizer="momentum")
    *_, last = train(Network.create(SHAPE), samples, training, engine="reference")
    path = save_model(tmp_path / "model.safetensors", Model.of(last.checkpoint, training))
    again = load_model(path)
    assert bits(again.network) == bits(last.network)
    assert again.checkpoint is not None
    assert again.checkpoint.history == last.checkpoint.history


def test_arrays_in_any_memory_layout_are_saved_alike() -> None:
    plain = drawn(SHAPE, 1)
    turned = Network(SHAPE, tuple(np.asfortranarray(W) for W in plain.weights), plain.biases)
    assert to_bytes(Model(turned)) == to_bytes(Model(plain))


def test_the_file_can_be_read_in_ten_lines_without_any_of_our_code(tmp_path: Path) -> None:
    network = drawn(SHAPE, 1)
    path = save_model(tmp_path / "model", Model(network, scores={"test_accuracy": 0.9}))

    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    table = json.loads(data[8 : 8 + length])
    header = json.loads(table.pop("__metadata__")["mnist_nn"])
    numbers = {}
    for name, entry in table.items():
        first, last = entry["data_offsets"]
        piece = data[8 + length + first : 8 + length + last]
        numbers[name] = struct.unpack(f"<{len(piece) // 4}f", piece)

    assert header["format"] == FORMAT == 1
    assert header["network"]["hidden"] == [4]
    assert header["scores"] == {"test_accuracy": 0.9}
    assert set(header["versions"]) == {"mnist-nn", "numpy", "python"}
    assert {entry["dtype"] for entry in table.values()} == {"F32"}
    assert table["W1"]["shape"] == [4, 3]
    for name, p in zip(("W1", "b1", "W2", "b2"), network.parameters, strict=True):
        assert numbers[name] == tuple(p.ravel().tolist())


# Damaged and hostile bytes


def with_header(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The whole file with another JSON header."""
    return with_document(whole_file(), change)


def test_files_that_do_not_name_engines_are_written_and_read_as_ever() -> None:
    older = from_bytes(
        with_header(lambda header: put(header, ("checkpoint",), without(header["checkpoint"], "engines")))
    )
    assert older.checkpoint is not None
    assert older.checkpoint.engines == ()
    assert b"engines" not in to_bytes(older)


@pytest.mark.parametrize("names", [["compiled", "compiled"], [""], "compiled", [1], {"compiled": 1}])
def test_engines_that_cannot_be_are_refused(names: Any) -> None:
    with pytest.raises(ModelFileError, match="engines is"):
        from_bytes(with_header(lambda header: put(header, ("checkpoint", "engines"), names)))


def test_the_whole_file_loads_when_its_header_is_left_alone() -> None:
    assert values(from_bytes(with_header(lambda header: header)).checkpoint) == values(
        from_bytes(whole_file()).checkpoint
    )


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
@example(b"")
@example(b"\xff" * 8)
@example(struct.pack("<Q", 2) + b"{}")
@example(struct.pack("<Q", 4) + b"null")
@example(struct.pack("<Q", 20) + b'{"__metadata__":[1]}')
@example(struct.pack("<Q", 38) + b'{"__metadata__":{"mnist_nn":"[1,2,3]"}}'[:38])
@example(struct.pack("<Q", 31) + b'{"__metadata__":{"mnist_nn":1}}')
@example(struct.pack("<Q", 100_000) + b"[" * 100_000)
def test_any_bytes_are_refused(data: bytes) -> None:
    assert isinstance(load_or_refusal(data), str)


def test_every_truncation_is_refused() -> None:
    data = whole_file()
    assert all(isinstance(load_or_refusal(data[:length]), str) for length in range(len(data)))


def test_bytes_too_many_are_refused() -> None:
    assert isinstance(load_or_refusal(whole_file() + b"\0"), str)


def test_every_flipped_byte_of_a_file_without_a_checksum_loads_or_is_refused() -> None:
    data = without_checksum(whole_file())
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 0xFF
        load_or_refusal(bytes(flipped))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.integers(0, len(without_checksum(whole_file())) * 8 - 1), min_size=1, max_size=4))
def test_flipped_bits_of_a_file_without_a_checksum_load_or_are_refused(places: list[int]) -> None:
    flipped = bytearray(without_checksum(whole_file()))
    for place in places:
        flipped[place // 8] ^= 1 << place % 8
    load_or_refusal(bytes(flipped))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([10**400, -1, 0, ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Every place in nested JSON."""
    yield path
    if isinstance(value, (dict, list)):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[name], (*path, name))


def put(value: Any, path: tuple, new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


@settings(deadline=None, max_examples=500)
@given(st.data())
def test_any_value_anywhere_in_the_header_loads_or_is_refused(data: st.DataObject) -> None:
    def change(header: dict[str, Any]) -> Any:
        path = data.draw(st.sampled_from(list(places(header))), label="place")
        return put(header, path, data.draw(JSON, label="value"))

    load_or_refusal(with_header(change))


def without(header: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in header.items() if key != name}


@pytest.mark.parametrize(
    "name", ["format", "network", "training", "checkpoint", "history", "data", "scores", "versions"]
)
def test_a_header_with_a_part_missing_is_refused(name: str) -> None:
    assert isinstance(load_or_refusal(with_header(lambda header: without(header, name))), str)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("network", "inputs"), 4),
        (("network", "hidden"), [4, 4]),
        (("network", "hidden"), [2**24] * 255),
        (("network", "outputs"), 3),
        (("network", "dtype"), "float64"),
        (("network", "activation"), ["softmax"]),
        (("network", "color"), "red"),
        (("training", "learning_rate"), -1),
        (("training", "learning_rate"), 10**400),
        (("training", "optimizer"), "rmsprop"),
        (("checkpoint", "tally"), [1, 2, 3]),
        (("checkpoint", "epoch"), "two"),
        (("checkpoint", "updates"), math.inf),
        (("history",), [{"epoch": 1}]),
        (("history",), [[1]]),
        (("scores",), 3),
        (("checkpoint", "updates"), 2**63),
        (("checkpoint", "updates"), -1),
        (("checkpoint", "epoch"), 1),
        (("checkpoint", "epoch"), 3),
        (("checkpoint", "epoch"), 10**18),
        (("checkpoint", "offset"), 29),
        (("checkpoint", "offset"), 10**400),
        (("checkpoint", "tally"), [31, 1.25, 2.5, 20]),
        (("checkpoint", "tally"), [30, math.nan, 2.5, 20]),
        (("checkpoint", "tally"), [30, 1.25, math.inf, 20]),
        (("checkpoint", "seconds"), math.nan),
        (("checkpoint", "best", "epoch"), 0),
        (("checkpoint", "best", "epoch"), 3),
        (("checkpoint", "best", "accuracy"), math.inf),
        (("checkpoint", "engines"), "compiled"),
        (("checkpoint", "engines"), [1]),
        (("history",), []),
        (("history", 1, "epoch"), 1),
        (("history", 1, "loss"), "much"),
        (("history", 1, "loss"), [0.5]),
        (("history", 1, "loss"), None),
        (("history", 1, "loss"), 10**400),
        (("history", 1, "rate"), math.nan),
        (("history", 1, "validation_loss"), -math.inf),
        (("history", 1, "colour"), 1.0),
        (("training", "dropout"), [0.1, 0.2]),
        (("network", "output"), "softmax"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    def change(header: dict[str, Any]) -> dict[str, Any]:
        part: Any = header
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = value
        return header

    assert isinstance(load_or_refusal(with_header(change)), str)


@pytest.mark.parametrize(
    "path",
    [
        ("format",),
        ("network", "inputs"),
        ("network", "activation"),
        ("training", "optimizer"),
        ("training", "l2"),
        ("checkpoint", "epoch"),
        ("checkpoint", "engines"),
        ("history", 1, "loss"),
        ("scores",),
    ],
)
@pytest.mark.parametrize(
    "value", ["x" * 5000, ["y" * 5000], {"z" * 5000: 1}, 10**4000], ids=["text", "list", "dict", "int"]
)
def test_no_value_of_a_header_fills_a_message(path: tuple[str | int, ...], value: Any) -> None:
    def change(header: dict[str, Any]) -> dict[str, Any]:
        part: Any = header
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = value
        return header

    said = load_or_refusal(with_header(change))
    assert not isinstance(said, str) or len(said) < 600


def test_weights_that_are_not_finite_are_refused() -> None:
    data = whole_file()
    weight = struct.pack("<f", float(from_bytes(data).network.weights[0][0, 0]))
    assert data.count(weight) == 1
    assert "NaN or infinity" in str(load_or_refusal(sealed(data.replace(weight, struct.pack("<f", math.nan)))))


@pytest.mark.parametrize("number", [FORMAT + 1, 99, 0, "2", None])
def test_another_format_is_named_and_an_upgrade_advised(number: object) -> None:
    refusal = load_or_refusal(with_header(lambda _header: {"format": number, "all": "different"}))
    assert f"format {number!r}" in str(refusal)
    assert "upgrade mnist-nn" in str(refusal)


def test_tensors_of_another_program_are_refused_as_such() -> None:
    text = b'{"W":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    refusal = load_or_refusal(struct.pack("<Q", len(text)) + text + b"\0" * 4)
    assert "was not made by mnist-nn" in str(refusal)


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (self.path,)


def test_a_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    bomb = pickle.dumps(Trap(str(trap)))
    (tmp_path / "model").write_bytes(bomb)
    with pytest.raises(ModelFileError):
        load_model(tmp_path / "model")
    assert isinstance(load_or_refusal(bomb), str)
    assert not trap.exists()


def test_nothing_in_the_package_unpickles() -> None:
    for path in Path(mnist_nn.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [node.arg or ""] if isinstance(node, ast.keyword) else []
            assert not {"pickle", "marshal", "shelve", "dill", "joblib", "allow_pickle"} & set(names), path


def test_numbers_of_the_history_come_back_as_numbers() -> None:
    def change(header: dict[str, Any]) -> dict[str, Any]:
        header["history"][0]["loss"] = 1
        return header

    at = from_bytes(with_header(change)).checkpoint
    assert at is not None
    assert type(at.history[0].loss) is float


@pytest.mark.parametrize(
    "change",
    [
        lambda at: replace(at, state=replace(at.state, slots={"velocity": overflown(at.network)})),
        lambda at: replace(at, state=replace(at.state, updates=2**63)),
        lambda at: replace(at, tally=at.tally._replace(reported=math.inf)),
        lambda at: replace(at, tally=at.tally._replace(samples=7)),
        lambda at: replace(at, seconds=math.nan),
        lambda at: replace(at, offset=10**400, tally=at.tally._replace(samples=10**400)),
        lambda at: replace(at, history=at.history[:1]),
        lambda at: replace(at, best=Best(at.network, 3, 0.5)),
    ],
)
def test_what_could_not_be_loaded_is_not_saved(tmp_path: Path, change: Callable[[Checkpoint], Checkpoint]) -> None:
    training = TrainingConfig(optimizer="momentum")
    at = checkpoint(drawn(SHAPE, 1), training)
    assert to_bytes(Model.of(at, training))
    with pytest.raises(ModelFileError, match="the model cannot be written: ") as error:
        save_model(tmp_path / "model", Model.of(change(at), training))
    assert "\n" not in str(error.value)
    assert names_in(tmp_path) == []


def overflown(network: Network) -> tuple[np.ndarray, ...]:
    return tuple(np.full_like(p, np.inf) for p in network.parameters)


# The file system


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refusal_of(action: Callable[[], object]) -> str:
    try:
        action()
    except ModelFileError as error:
        return str(error)
    return ""


def test_a_full_disk_leaves_the_old_model_whole(tmp_path: Path, files_no_larger_than: SizeLimit) -> None:
    path = save_model(tmp_path / "model", Model(drawn(SHAPE, 1)))
    before = path.read_bytes()
    with files_no_larger_than(len(before) // 2):
        refusal = refusal_of(lambda: save_model(path, Model(drawn(SHAPE, 2))))
    assert refusal.startswith(f"cannot write {str(path)!r}: ")
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["model"]


def test_saving_again_replaces_the_model_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = save_model(tmp_path / "model", Model(drawn(SHAPE, 1)))
    save_model(str(path), Model(drawn(SHAPE, 2)))
    assert bits(load_model(path).network) == bits(drawn(SHAPE, 2))
    assert names_in(tmp_path) == ["model"]


def test_a_read_only_folder_is_refused_before_and_after_the_work(
    open_folder: Path, ordinary_user: OrdinaryUser
) -> None:
    model, path = Model(drawn(SHAPE, 1)), open_folder / "model"
    open_folder.chmod(0o555)
    with ordinary_user():
        refusals = [refusal_of(lambda: save_model(path, model)), refusal_of(lambda: check_writable(path))]
    for refusal in refusals:
        assert refusal.startswith(f"cannot write {str(path)!r}: ")
        assert "choose another place with --model" in refusal


def test_a_write_protected_model_is_refused_before_and_after_the_work(
    open_folder: Path, ordinary_user: OrdinaryUser
) -> None:
    path = save_model(open_folder / "model", Model(drawn(SHAPE, 1)))
    before = path.read_bytes()
    path.chmod(0o444)
    with ordinary_user():
        refusals = [
            refusal_of(lambda: save_model(path, Model(drawn(SHAPE, 2)))),
            refusal_of(lambda: check_writable(path)),
        ]
    assert all("write-protected" in refusal for refusal in refusals)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["none/model", ".", "/dev/full", "/dev/null", "/proc/none/model"])
def test_places_that_no_model_can_be_saved_at(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for action in (lambda: save_model(path, Model(drawn(SHAPE, 1))), lambda: check_writable(path)):
        assert refusal_of(action).startswith(f"cannot write {str(path)!r}: ")
    assert names_in(tmp_path) == []


def test_checking_a_place_leaves_it_as_it_was(tmp_path: Path) -> None:
    check_writable(tmp_path / "model")
    assert names_in(tmp_path) == []
    path = save_model(tmp_path / "model", Model(drawn(SHAPE, 1)))
    before = path.read_bytes(), path.stat().st_mtime_ns
    check_writable(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.parametrize("name", ["none", ".", "none/model"])
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelFileError) as error:
        load_model(tmp_path / name)
    assert str(error.value).startswith(f"cannot read {str(tmp_path / name)!r}: ")
    assert "mnist-nn train" in str(error.value)


def test_a_file_without_leave_to_read_is_refused(open_folder: Path, ordinary_user: OrdinaryUser) -> None:
    path = save_model(open_folder / "model", Model(drawn(SHAPE, 1)))
    path.chmod(0o000)
    with ordinary_user():
        refusal = refusal_of(lambda: load_model(path))
    assert refusal.startswith(f"cannot read {str(path)!r}: ")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(whole_file()[:-1])
    with pytest.raises(ModelFileError) as error:
        load_model(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_the_network_to_use_comes_first_and_the_current_one_goes_with_the_rest() -> None:
    current, best = drawn(SHAPE, 1), drawn(SHAPE, 2)
    training = TrainingConfig(validation=0.1, patience=3)
    model = from_bytes(to_bytes(Model.of(checkpoint(current, training, best), training)))
    assert model.checkpoint is not None
    assert bits(model.network) == bits(best)
    assert bits(model.checkpoint.network) == bits(current)
    assert model.checkpoint.chosen is model.network
    assert bits(replace(model.checkpoint, best=None).chosen) == bits(current)


@pytest.mark.parametrize("name", ["a\0b", "loop"])
def test_paths_that_cannot_be_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    path = tmp_path / name
    for action in (lambda: save_model(path, Model(drawn(SHAPE, 1))), lambda: check_writable(path)):
        assert refusal_of(action).startswith(f"cannot write {str(path)!r}: ")
    assert refusal_of(lambda: load_model(path)).startswith(f"cannot read {str(path)!r}: ")
    assert names_in(tmp_path) == ["loop"]


def test_a_pipe_and_a_device_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        assert "not a regular file" in refusal_of(lambda path=path: load_model(path))


def test_a_calibration_comes_back() -> None:
    calibration = from_bytes(whole_file()).calibration
    assert calibration is not None
    assert (calibration.temperature, calibration.bias, calibration.not_a_digit) == (1.5, 0.25, 0.1)
    assert np.array_equal(calibration.weights, np.linspace(-1, 1, 7))
    assert calibration.operating_point(0.05).coverage == 0.5


def test_a_file_from_before_calibration_still_loads() -> None:
    data = to_bytes(Model(drawn(SHAPE, 1)))
    assert b"calibration" in data
    assert from_bytes(sealed(data.replace(b'"calibration', b'"celibration'))).calibration is None


def test_a_calibration_of_another_network_is_refused() -> None:
    calibration = Calibration(1.0, np.zeros(30), 0.0, 0.1, np.zeros((1, 3)))
    with pytest.raises(ModelFileError, match="another network"):
        to_bytes(Model(drawn(SHAPE, 1), calibration=calibration))


def test_a_model_is_not_saved_where_another_process_is_writing(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(FileInUseError, match="is being written by process"):
            save_model(path, Network.create(SHAPE))
        other.kill()
    assert save_model(path, Network.create(SHAPE)) == path
    with keep_others_off(path):
        save_model(path, Network.create(SHAPE))
    assert list(tmp_path.iterdir()) == [path]
