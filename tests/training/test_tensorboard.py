"""The events of a training, read back by TensorBoard's own reader."""

import io
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE, wait_for
from PIL import Image

from mnist_nn import Checkpoint, Dataset, Network, NetworkConfig, TrainingConfig, train
from mnist_nn.cli.program import run
from mnist_nn.errors import ConfigError
from mnist_nn.training.checkpoint import Scores

pytest.importorskip("tensorboardX", reason="tensorboardX is not installed, which writes events")
plugin_event_accumulator = pytest.importorskip(
    "tensorboard.backend.event_processing.plugin_event_accumulator",
    reason="tensorboard is not installed, which reads events",
)
from tensorboard.plugins.hparams import plugin_data_pb2  # noqa: E402 - likewise

from mnist_nn.training.tensorboard import (  # noqa: E402 - needs both
    FLUSH_EVERY,
    TAGS,
    EventLog,
    mark_of,
    run_folder,
    weight_picture,
)

SMALL = ("--subset", "600", "--epochs", "3", "--engine", "reference", "--validation", "0.2")
Events = dict[str, list[tuple[int, Any]]]


def events(folder: Path) -> Events:
    """Read a run as TensorBoard does: tag to (step, value). Its records have checksums, which are looked at."""
    found = plugin_event_accumulator.EventAccumulator(str(folder))
    found.Reload()
    return {
        tag: [(event.step, _value(event.tensor_proto)) for event in found.Tensors(tag)]
        for tag in found.Tags()["tensors"]
    }


def hyperparameters(folder: Path) -> dict[str, Any]:
    """What the tab HParams shows of a run: the first that was written, whatever came later."""
    found = plugin_event_accumulator.EventAccumulator(str(folder))
    found.Reload()
    content = found.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    given = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
    return {name: getattr(value, value.WhichOneof("kind")) for name, value in given.items()}


def _value(proto: Any) -> Any:
    return proto.float_val[0] if proto.float_val else list(proto.string_val)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def document(capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    capsys.readouterr()
    assert run(["train", *options, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def check_history(found: Events, made: Any) -> None:
    """The events are the history of --json, a step an epoch, and the results of the test."""
    for name, tag in TAGS.items():
        steps = [(row["epoch"], pytest.approx(row[name], rel=1e-6)) for row in made["history"] if name in row]
        assert found.get(tag, []) == steps, tag
    last = made["epochs"]
    for name in ("accuracy", "loss", "descended"):
        assert found[f"{name}/test"] == [(last, pytest.approx(made[f"test_{name}"], rel=1e-6))]


def test_the_events_are_the_history(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = document(capsys, *SMALL, "--log-dir", "runs")
    assert made["log_dir"] == "runs/mnist-model-1"
    found = events(here / "runs" / "mnist-model-1")
    check_history(found, made)
    ((step, (text,)),) = found["configuration/text_summary"]
    assert step == 0
    assert b"| subset | 600 |" in text
    assert b"summed binary cross-entropy" in text
    assert "_hparams_/session_start_info" in found
    assert hyperparameters(here / "runs" / "mnist-model-1")["optimizer"] == "sgd"
    ((step, (_, _, png)),) = found["weights/first_layer"]
    assert (step, Image.open(io.BytesIO(png)).size) == (3, (5 * 29 - 1, 4 * 29 - 1))


def test_without_a_hold_out_there_are_no_validation_events(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = document(capsys, "--subset", "300", "--epochs", "1", "--engine", "reference", "--log-dir", "runs")
    found = events(here / "runs" / "mnist-model-1")
    check_history(found, made)
    assert not [tag for tag in found if "validation" in tag]


def test_a_resumed_training_goes_on_in_its_run_and_no_step_is_there_twice(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document(capsys, *SMALL, "--log-dir", "runs", "--model", "a.safetensors")
    document(capsys, *SMALL, "--log-dir", "runs", "--model", "a.safetensors", "--seed", "5")
    made = document(
        capsys, "--resume", "--epochs", "5", "--engine", "reference", "--log-dir", "runs", "--model", "a.safetensors"
    )
    assert made["log_dir"] == "runs/a-2"
    shown = hyperparameters(here / "runs" / "a-2")
    assert (shown["seed"], shown["subset"]) == (5, 600)
    assert "epochs" not in shown, "it would be the 3 of the first file"
    check_history(events(here / "runs" / "a-2"), made)
    assert [step for step, _ in events(here / "runs" / "a-1")["loss/train"]] == [1, 2, 3]


def test_logging_may_begin_when_a_training_is_resumed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document(capsys, *SMALL)
    made = document(capsys, "--resume", "--epochs", "4", "--engine", "reference", "--log-dir", "runs")
    check_history(events(here / "runs" / "mnist-model-1"), made)


def test_a_log_that_is_ahead_of_the_model_is_put_right(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document(capsys, *SMALL, "--log-dir", "runs")
    kept = (here / "mnist-model.safetensors").read_bytes()
    document(capsys, "--resume", "--epochs", "6", "--engine", "reference", "--log-dir", "runs")
    assert events(here / "runs" / "mnist-model-1")["loss/train"][-1][0] == 6
    (here / "mnist-model.safetensors").write_bytes(kept)  # as if a kill had come between the events and the save
    made = document(capsys, "--resume", "--epochs", "4", "--engine", "reference", "--log-dir", "runs")
    check_history(events(here / "runs" / "mnist-model-1"), made)


@pytest.mark.slow
def test_ctrl_c_loses_nothing_that_was_written(tmp_path: Path) -> None:
    command = ["train", "--subset", "6000", "--epochs", "500", "--engine", "reference", "--log-dir", "runs"]
    running = subprocess.Popen(
        [sys.executable, "-m", "mnist_nn", *command], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr
    wait_for(lambda: running.stderr.readline().startswith("epoch 2/"), "it never learns")
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert "--log-dir runs" in err, "the command that goes on names it"
    shown = 2 + err.count("epoch ") - err.count("epochs ")
    steps = [step for step, _ in events(tmp_path / "runs" / "mnist-model-1")["loss/train"]]
    assert steps == list(range(1, shown + 1))


@pytest.mark.slow
def test_a_killed_training_has_its_events_but_for_the_last_second(tmp_path: Path) -> None:
    command = ["train", "--subset", "6000", "--epochs", "500", "--engine", "reference", "--log-dir", "runs"]
    running = subprocess.Popen(
        [sys.executable, "-m", "mnist_nn", *command], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )

    def steps() -> list[int]:
        return [step for step, _ in events(tmp_path / "runs" / "mnist-model-1").get("loss/train", [])]

    assert running.stderr
    assert all(running.stderr.readline().startswith("epoch ") for _ in range(3))
    wait_for(lambda: len(steps()) >= 3, "events stay in memory")
    assert running.poll() is None
    running.kill()
    running.communicate(timeout=PATIENCE)
    assert len(steps()) >= 3
    assert FLUSH_EVERY <= 1
    assert steps() == list(range(1, len(steps()) + 1))


# What goes wrong


def test_a_full_disk_costs_the_events_and_not_the_training(
    here: Path, capsys: pytest.CaptureFixture[str], mnist: Dataset, files_no_larger_than: Callable[[int], Any]
) -> None:
    training = TrainingConfig(epochs=2, subset=200)
    (epoch, *_) = train(Network.create(), mnist.train, training, engine="reference")
    log = EventLog.begin(run_folder(here, "a", "mark"), "mark", Checkpoint.start(Network.create(), training), training)
    size = sum(file.stat().st_size for file in log.folder.iterdir())
    with files_no_larger_than(size), pytest.raises(ConfigError, match=r"cannot write events to .*a-1'"):
        write_many(log, epoch.scores)
    with files_no_larger_than(size), pytest.raises(ConfigError):
        log.close()
    log.close()
    assert capsys.readouterr().err == ""


def write_many(log: EventLog, scores: Scores) -> None:
    for number in range(10_000):
        log.see(replace(scores, epoch=number))


def test_a_training_that_cannot_log_says_so_once_and_ends_with_code_2(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tensorboardX.record_writer.RecordWriter.flush", full)
    begin = EventLog.begin

    def begun(*arguments: Any) -> EventLog:
        with monkeypatch.context() as patch:
            patch.setattr("tensorboardX.record_writer.RecordWriter.flush", lambda _self: None)
            return begin(*arguments)

    monkeypatch.setattr(EventLog, "begin", begun)
    assert run(["train", *SMALL, "--log-dir", "runs"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("No space left on device") == 1
    assert "training continues without TensorBoard events" in captured.err
    assert "Test accuracy" in captured.out
    assert (here / "mnist-model.safetensors").is_file()


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_that_cannot_be_is_refused_before_training(
    here: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (here / "file").write_text("mine")
    assert run(["train", *SMALL, "--log-dir", name]) == 2
    err = capsys.readouterr().err
    assert "cannot write events to" in err
    assert "choose another --log-dir" in err
    assert err.count("\n") == 1
    assert [path.name for path in here.iterdir()] == ["file"]


def test_a_mistake_elsewhere_leaves_no_folder(here: Path) -> None:
    assert run(["train", "--engine", "warp", "--log-dir", "runs"]) == 2
    assert list(here.iterdir()) == []


def test_without_tensorboardx_the_error_says_what_to_install(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked" / "tensorboardX"
    blocked.mkdir(parents=True)
    (blocked / "__init__.py").write_text("raise ImportError('it is not there')")
    code = "import sys; sys.path.insert(0, 'blocked'); from mnist_nn.cli.program import main; main()"
    outcome = subprocess.run(
        [sys.executable, "-c", code, "train", *SMALL, "--log-dir", "runs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert outcome.returncode == 2
    assert (
        outcome.stderr
        == "mnist-nn: --log-dir needs tensorboardX; install it with: pip install 'mnist-nn[tensorboard]'\n"
    )
    shutil.rmtree(tmp_path / "blocked")
    assert list(tmp_path.iterdir()) == []


# Parts


def test_a_run_is_known_by_what_its_numbers_depend_on() -> None:
    network, training = NetworkConfig(), TrainingConfig()
    mark = mark_of(network, training, "data")
    assert mark == mark_of(network, replace(training, epochs=99), "data")
    others = [
        mark_of(NetworkConfig(hidden=(21,)), training, "data"),
        mark_of(network, replace(training, seed=1), "data"),
        mark_of(network, training, "other data"),
    ]
    assert len({mark, *others}) == 4


def test_runs_are_numbered_beside_those_that_are_there(tmp_path: Path) -> None:
    for name in ("m-2", "m-x", "other-7", "m"):
        (tmp_path / name).mkdir()
    (tmp_path / "m-9").write_text("a file")
    assert run_folder(tmp_path, "m", "mark").name == "m-3"
    assert run_folder(tmp_path, "m", "mark", resume=True).name == "m-4", "none of them is of this training"
    (tmp_path / "m-2" / "events.out.tfevents.1.2.mark").touch()
    assert run_folder(tmp_path, "m", "mark", resume=True).name == "m-2"


def test_runs_that_begin_at_once_have_a_folder_each(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mnist_nn.training.tensorboard import run_folder\n"
        "for _ in range(50): print(run_folder(Path(sys.argv[1]), 'm', 'mark').name)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    names = [name for process in running for name in process.communicate(timeout=PATIENCE)[0].split()]
    assert sorted(names) == sorted(f"m-{number}" for number in range(1, 151))


def test_the_picture_shows_each_unit_in_its_place() -> None:
    network = Network.create(NetworkConfig(inputs=9, hidden=(5,), outputs=2))
    picture = weight_picture(network)
    assert picture is not None
    assert picture.shape == (2 * 4 - 1, 3 * 4 - 1)
    weights = network.weights[0][4].reshape(3, 3)
    tile = picture[4:7, 4:7].astype(float)
    assert np.abs((tile - 127.5) / 127.5 - weights / np.abs(weights).max()).max() < 0.005
    assert {*picture[3].tolist(), *picture[:, 3].tolist()} == {255}, "a white line between them"
    assert weight_picture(Network.create(NetworkConfig(inputs=7))) is None


def test_weights_that_are_all_zero_are_grey() -> None:
    picture = weight_picture(Network.create(NetworkConfig(inputs=4, hidden=(1,), initializer="zeros")))
    assert picture is not None
    assert set(picture.ravel().tolist()) == {128}
