"""Every format: what goes in comes out, in the format's own runtime, and what is wrong is noticed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from patience import PATIENCE

from mnist_nn import Model
from mnist_nn.errors import ConfigError, MissingExtraError, ModelFileError
from mnist_nn.export import FORMATS, export, verify
from mnist_nn.export.verification import TOLERANCE, Verification

Check = Callable[..., Verification]
Make = Callable[..., Model]
RUNTIMES = {"html": ("node", "chromium"), "c": ("cc", "gcc", "clang")}


def needs(name: str) -> None:
    programs = RUNTIMES.get(name, ())
    if programs and not any(map(shutil.which, programs)):
        pytest.skip(f"none of {', '.join(programs)} is installed")


SLOW_IN_C = pytest.param("c", marks=pytest.mark.slow)  # a compiler takes its time over 4 MB


@pytest.mark.parametrize("name", [SLOW_IN_C if name == "c" else name for name in FORMATS])
def test_the_reader_survives_with_its_refusal(check: Check, reader: Model, name: str) -> None:
    needs(name)
    found = check(reader, name)
    assert found.good
    largest = {row.output: row.largest for row in found.differences}
    assert largest["label"] == 0
    assert largest["probabilities"] < TOLERANCE / 10
    assert largest["is_digit"] < TOLERANCE / 10
    assert largest["confidence"] < TOLERANCE / 10
    assert found.pictures > 200


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize("name", [name for name in FORMATS if name != "c"])
def test_a_network_that_no_data_set_fits(check: Check, make_model: Make, name: str, calibrated: bool) -> None:
    needs(name)
    model = make_model(inputs=784 if name == "html" else 30, outputs=4, hidden=(5,), calibrated=calibrated)
    assert check(model, name).good


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_a_network_that_deskews_does_so_in_every_runtime(check: Check, make_model: Make, name: str) -> None:
    needs(name)
    model = make_model(hidden=(9,), activation="relu", calibrated=True, prepare="deskew")
    found = check(model, name)
    assert found.good
    assert {row.output: row.largest for row in found.differences}["probabilities"] < TOLERANCE / 10
    plain = make_model(hidden=(9,), activation="relu", calibrated=True)
    assert not check(plain, name, beside=model).good, "deskewing makes a difference that verify notices"


@pytest.mark.parametrize("name", FORMATS)
def test_another_model_is_noticed(check: Check, make_model: Make, name: str) -> None:
    needs(name)
    model = make_model()
    found = check(model, name, beside=make_model(seed=1))
    assert not found.good
    assert {row.output for row in found.differences if not row.good} >= {"label", "probabilities", "confidence"}


@pytest.mark.parametrize("name", FORMATS)
def test_a_lost_calibration_is_noticed(check: Check, make_model: Make, name: str) -> None:
    needs(name)
    calibrated = make_model(calibrated=True)
    found = check(Model(calibrated.network), name, beside=calibrated)
    assert not {row.output: row.good for row in found.differences}["is_digit"]


@pytest.mark.parametrize("name", ["onnx", "html", "c"])
def test_one_weight_changed_in_the_model_is_noticed(check: Check, make_model: Make, name: str) -> None:
    needs(name)
    model = make_model(hidden=(3,))
    W = model.network.weights[1].copy()
    W[4, 1] += 0.05
    changed = type(model.network)(model.network.config, (model.network.weights[0], W), model.network.biases)
    assert not check(Model(changed), name, beside=model).good


def test_an_export_of_another_shape_is_said(check: Check, make_model: Make) -> None:
    with pytest.raises(ModelFileError, match="another model: it takes 30 pixels and knows 4 classes"):
        check(make_model(inputs=30, outputs=4), "npz", beside=make_model())


@pytest.mark.parametrize("name", FORMATS)
def test_exports_are_the_same_every_time(make_model: Make, name: str) -> None:
    model = make_model(calibrated=True)
    assert export(model, name) == export(model, name)


def test_double_precision_is_kept_by_arrays_and_rounded_by_the_others(check: Check, make_model: Make) -> None:
    model = make_model(dtype="float64", hidden=(6, 4), calibrated=True)
    exact = {row.output: row.largest for row in check(model, "npz").differences}
    rounded = {row.output: row.largest for row in check(model, "onnx").differences}
    assert exact["probabilities"] == 0
    assert 0 < rounded["probabilities"] < TOLERANCE
    assert check(model, "safetensors").good


def test_an_unknown_format_lists_those_there_are(make_model: Make) -> None:
    with pytest.raises(ConfigError, match="'pickle'; choose one of: onnx, html, c, safetensors, npz"):
        export(make_model(), "pickle")


@pytest.mark.parametrize("suffix", [format_.suffix for format_ in FORMATS.values()])
@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"PK\x03\x04nonsense", b"\x08\x00\x00\x00\x00\x00\x00\x00{}{}{}{}"]
)
def test_files_that_are_no_exports_are_said(make_model: Make, tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"file{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=f"file{suffix}"):
        verify(make_model(), path)


@pytest.mark.parametrize("name", FORMATS)
def test_a_part_of_an_export_is_said_or_differs(make_model: Make, tmp_path: Path, name: str) -> None:
    content, path = export(make_model(), name), tmp_path / f"part{FORMATS[name].suffix}"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelFileError, match="part"):
        verify(make_model(), path)


def test_a_file_that_is_not_there_is_said(make_model: Make, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"cannot read .*gone\.onnx.*mnist-nn export"):
        verify(make_model(), tmp_path / "gone.onnx")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_pipes_and_folders_are_refused(make_model: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "folder.npz").mkdir()
    for name in ("pipe.npz", "folder.npz"):
        with pytest.raises(ModelFileError, match="not a regular file"):
            verify(make_model(), tmp_path / name)


def test_a_suffix_that_is_none_lists_those_there_are(make_model: Make) -> None:
    with pytest.raises(
        ConfigError, match=r"'\.pkl', but an exported file ends in one of: \.onnx, \.html, \.h, \.safetensors, \.npz"
    ):
        verify(make_model(), "model.pkl")


@pytest.mark.parametrize("name", ["html", "c"])
def test_a_missing_runtime_says_what_to_install(
    check: Check, make_model: Make, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtraError, match=r"install (nodejs or chromium|gcc or clang)"):
        check(make_model(), name)


@pytest.mark.parametrize(("package", "verb"), [("onnx", "export"), ("onnxruntime", "verify")])
def test_a_missing_package_says_what_to_install(make_model: Make, tmp_path: Path, package: str, verb: str) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(export(make_model(), "onnx"))
    program = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from mnist_nn import Network, Model\nfrom mnist_nn.export import export, verify\n"
        "model = Model(Network.create())\n"
        + ("export(model, 'onnx')" if verb == "export" else f"verify(model, {str(path)!r})")
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert (
        f"MissingExtraError: the format onnx needs {package}; install it with: pip install 'mnist-nn[onnx]'"
        in done.stderr
    )
