"""Limits in exports: pictures beside each, and a limit that is changed by a little is found in every format."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from patience import PATIENCE

from mnist_nn import Model, load_data
from mnist_nn.errors import ModelFileError
from mnist_nn.export import FORMATS, export, verify
from mnist_nn.export.html.verify import _find_script
from mnist_nn.export.limits import (
    MARGIN,
    NOT_A_DIGIT,
    SHARES,
    collect_limits,
    count_passed,
    count_passed_surely,
    find_threshold,
)
from mnist_nn.export.runtime import call
from mnist_nn.export.vectors import Vectors, make_vectors
from mnist_nn.export.verification import Difference
from mnist_nn.model_file.storage import from_bytes, pack, read_header
from mnist_nn.reading.reader_model import load_reader_model

Make = Callable[..., Model]
LITTLE = 0.01  # by which a limit is changed


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return make_vectors(load_reader_model(), load_data("mnist").test)


@pytest.fixture(scope="module")
def small(make_model: Make) -> Model:
    """A small calibrated model whose limits lie amid the values of its test pictures."""
    made = make_model(hidden=(5,), calibrated=True, scale=0.1)
    found = make_vectors(made, load_data("mnist").test).predictions
    low, high = found.confidence.min(), found.confidence.max()
    table = np.array([(low, 0.3, 1.0), ((2 * low + high) / 3, 0.05, 0.8), ((low + high) / 2, 0.01, 0.5)])
    assert made.calibration
    least = float(found.is_digit.min() + found.is_digit.max()) / 2
    return Model(made.network, calibration=replace(made.calibration, table=table, not_a_digit=least))


def test_limits_are_the_one_of_non_digits_and_the_threshold_of_each_share_in_reach(small: Model) -> None:
    assert small.calibration
    least, (low, middle, high) = small.calibration.not_a_digit, small.calibration.table[:, 0]
    assert collect_limits(small.calibration) == {NOT_A_DIGIT: least, "0.01": high, "0.02": high, "0.05": middle}
    assert collect_limits(small.calibration, [0.3])["0.3"] == low
    assert collect_limits(None) == {}
    assert find_threshold(small.calibration, SHARES[0]) is None


@pytest.mark.parametrize("by", [-LITTLE, LITTLE])
def test_every_limit_of_the_reader_decides_about_a_test_picture_when_it_is_moved(vectors: Vectors, by: float) -> None:
    limits = collect_limits(load_reader_model().calibration)
    assert vectors.passed is not None
    for name, limit in limits.items():
        if limit + by > 0:  # the largest share of errors lets everything pass
            moved = count_passed(vectors.predictions, {**limits, name: limit + by})
            assert (moved != vectors.passed)[vectors.passed >= 0].any(), name


def test_pictures_nearer_to_a_limit_than_rounding_have_no_number(vectors: Vectors) -> None:
    limits = {NOT_A_DIGIT: float(vectors.predictions.is_digit[3]) + MARGIN / 2}
    assert count_passed_surely(vectors.predictions, limits)[3] == -1
    limits = {NOT_A_DIGIT: float(vectors.predictions.is_digit[3]) - 2 * MARGIN}
    assert count_passed_surely(vectors.predictions, limits)[3] == 1


def change_json(text: str, name: str, by: float) -> str:
    """Another value for a limit in the JSON of an export."""
    return re.sub(rf'("{re.escape(name)}": ?)([\d.e-]+)', lambda found: f"{found[1]}{float(found[2]) + by}", text)


def in_onnx(content: bytes, name: str, by: float) -> bytes:
    model = onnx.load_from_string(content)
    for prop in model.metadata_props:
        if prop.key == "mnist_nn.calibration":
            prop.value = change_json(prop.value, name, by)
    return model.SerializeToString()


def in_html(content: bytes, name: str, by: float) -> bytes:
    return change_json(content.decode(), name, by).encode()


def in_c(content: bytes, name: str, by: float) -> bytes:
    constant = "NOT_A_DIGIT" if name == NOT_A_DIGIT else f"ACCEPT_AT_{name.replace('.', '_')}"
    text = re.sub(rf"(_{constant} )(\S+)f\n", lambda found: f"{found[1]}{float(found[2]) + by}f\n", content.decode())
    return text.encode()


def in_npz(content: bytes, name: str, by: float) -> bytes:
    arrays = dict(np.load(io.BytesIO(content)))
    file = io.BytesIO()
    np.savez(file, **(arrays | {"json": np.array(change_json(str(arrays["json"]), name, by))}))
    return file.getvalue()


def in_safetensors(content: bytes, name: str, by: float) -> bytes:
    header, model = read_header(content), from_bytes(content)
    assert model.calibration
    tensors = dict(zip(model.network.parameter_names, model.network.parameters, strict=True))
    table = model.calibration.table.copy()
    if name == NOT_A_DIGIT:
        header["calibration"][NOT_A_DIGIT] += by
    else:
        table[table[:, 1] <= float(name), 0] += by
    return pack(header, tensors | {"calibration/weights": model.calibration.weights, "calibration/table": table})


CHANGES: dict[str, Callable[[bytes, str, float], bytes]] = {
    "onnx": in_onnx,
    "html": in_html,
    "c": in_c,
    "safetensors": in_safetensors,
    "npz": in_npz,
}
NEEDS = {"html": "node", "c": "cc"}


def check(model: Model, name: str, content: bytes, folder: Path) -> dict[str, Difference]:
    if name in NEEDS and not shutil.which(NEEDS[name]):
        pytest.skip(f"{NEEDS[name]} is not installed")
    path = folder / f"digits{FORMATS[name].suffix}"
    path.write_bytes(content)
    return {row.output: row for row in verify(model, path).differences}


@pytest.mark.parametrize("name", FORMATS)
def test_a_limit_changed_by_a_little_is_found(small: Model, tmp_path: Path, name: str) -> None:
    content = export(small, name)
    rows = check(small, name, content, tmp_path)
    assert all(row.good for row in rows.values()), rows
    for limit in (NOT_A_DIGIT, "0.02"):
        changed = CHANGES[name](content, limit, LITTLE)
        assert changed != content
        rows = check(small, name, changed, tmp_path)
        assert {output for output, row in rows.items() if not row.good} >= {"limits", "decision"}, limit
        assert rows["limits"].largest == pytest.approx(LITTLE, rel=1e-4)


@pytest.mark.parametrize("name", ["onnx", "c", "npz"])
def test_a_limit_that_is_missing_is_found(small: Model, tmp_path: Path, name: str) -> None:
    assert small.calibration
    fewer = replace(small.calibration, table=small.calibration.table[:2])
    rows = check(small, name, export(Model(small.network, calibration=fewer), name), tmp_path)
    assert rows["limits"].largest == np.inf


def test_a_page_that_names_other_limits_than_it_uses_is_said(small: Model, tmp_path: Path) -> None:
    text = export(small, "html").decode()
    path = tmp_path / "page.html"
    path.write_text(re.sub(rf'("{NOT_A_DIGIT}": ?)[\d.e-]+', r"\g<1>0.4", text, count=1), "utf-8")
    with pytest.raises(ModelFileError, match="uses the limits"):
        verify(small, path)


@pytest.mark.parametrize("by", [0.0, LITTLE])
def test_the_self_test_of_a_header_notices_a_changed_limit(small: Model, tmp_path: Path, by: float) -> None:
    if not shutil.which("cc"):
        pytest.skip("there is no C compiler (cc) on this machine")
    (tmp_path / "digits.h").write_bytes(in_c(export(small, "c"), NOT_A_DIGIT, by))
    flags = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-DMNIST_NN_SELFTEST", "-x", "c")
    command = ["cc", *flags, "digits.h", "-o", "selftest", "-lm"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=PATIENCE)
    done = subprocess.run([tmp_path / "selftest"], capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert re.search(
        r"^limit \d+ pictures, \d+ judged differently: " + ("WRONG" if by else "ok"), done.stdout, re.MULTILINE
    )
    assert done.returncode == bool(by)


@pytest.mark.parametrize("limit", [None, NOT_A_DIGIT, "0.02"])
def test_a_page_that_checks_itself_notices_a_changed_limit(small: Model, limit: str | None) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    page = export(small, "html")
    core, document = (_find_script(in_html(page, limit, LITTLE) if limit else page, name) for name in ("core", "model"))
    program = f"{core}\nconst page = {document}, {{ countMisjudged, open }} = $export_html_page_answers;"
    said = call(["node", "-"], text=f"{program}\nconsole.log(countMisjudged(open(page), page));")
    assert (int(said) > 0) == (limit is not None)


def test_vectors_travel_with_the_numbers_of_limits(small: Model) -> None:
    made = make_vectors(small, load_data("mnist").test)
    again = Vectors.from_dict(json.loads(json.dumps(made.to_dict())))
    assert made.passed is not None
    assert np.array_equal(again.passed if again.passed is not None else [], made.passed)
    older: dict[str, Any] = {name: value for name, value in made.to_dict().items() if name != "limits_passed"}
    assert Vectors.from_dict(older).passed is None
