"""Files of plain arrays as they are read again: what is in them is taken as it stands, and what cannot be is said."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from mnist_nn import Model
from mnist_nn.errors import ModelFileError
from mnist_nn.export import export, verify
from mnist_nn.export.arrays.verify import (
    read_npz_vectors,
    read_safetensors_vectors,
    run_npz,
    run_safetensors,
)
from mnist_nn.export.vectors import predict_exactly
from mnist_nn.model_file.storage import HEADER, read_header, to_bytes

Make = Callable[..., Model]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vectors_label", np.full(4, 99)),
        ("vectors_label", np.full(4, -1)),
        ("vectors_label", np.full(4, 0.5)),
        ("vectors_label", np.full(4, "a")),
        ("vectors_label", np.zeros(3, int)),
        ("vectors_probabilities", np.full((4, 10), "a")),
        ("vectors_images", np.zeros(4 * 784, np.uint8)),
        ("vectors_images", np.zeros((0, 784), np.uint8)),
    ],
)
def test_answers_that_cannot_be_are_said(make_model: Make, tmp_path: Path, name: str, value: Any) -> None:
    model, path = make_model(), tmp_path / "digits.npz"
    path.write_bytes(export(model, "npz"))
    arrays = {key: array[:4] if key.startswith("vectors_") else array for key, array in np.load(path).items()}
    np.savez(path, **arrays)
    assert verify(model, path).good
    np.savez(path, **(arrays | {name: value}))
    with pytest.raises(ModelFileError, match=r"digits\.npz' is damaged, or mnist-nn did not write it .*export MODEL"):
        verify(model, path)


def test_vectors_of_another_kind_are_said(make_model: Make, tmp_path: Path) -> None:
    model, path = make_model(), tmp_path / "digits.safetensors"
    plain = export(model, "safetensors")
    for vectors in ([], None, "text", {"count": "many"}):
        header = {**read_header(plain), "vectors": vectors}
        path.write_bytes(save_tensors(load_tensors(plain), {HEADER: json.dumps(header)}))
        with pytest.raises(ModelFileError, match="is damaged, or mnist-nn did not write it"):
            verify(model, path)


def test_vectors_are_taken_as_they_stand(make_model: Make) -> None:
    content = export(make_model(calibrated=True), "npz")
    arrays = dict(np.load(io.BytesIO(content)))
    arrays["vectors_is_digit"][0] = 0.125
    file = io.BytesIO()
    np.savez(file, **arrays)
    vectors = read_npz_vectors(file.getvalue())
    assert np.array_equal(vectors.images, arrays["vectors_images"])
    assert vectors.predictions.is_digit[0] == 0.125
    header = read_header(export(make_model(), "safetensors"))["vectors"]
    kept = read_safetensors_vectors(export(make_model(), "safetensors"))
    assert kept.predictions.probabilities.tolist() == header["probabilities"]


@pytest.mark.parametrize(("name", "run"), [("npz", run_npz), ("safetensors", run_safetensors)])
def test_the_network_in_the_file_is_asked_and_not_the_model(
    make_model: Make, name: str, run: Callable[..., Any]
) -> None:
    inside, beside = make_model(calibrated=True), make_model(seed=1)
    images = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)
    found = run(beside, export(inside, name), images)
    expected = predict_exactly(inside, images)
    assert np.array_equal(found.predictions.probabilities, expected.probabilities)
    assert np.array_equal(found.predictions.is_digit, expected.is_digit)
    assert f"NumPy {np.__version__}" in found.runtime


def test_a_model_file_without_vectors_is_said(make_model: Make) -> None:
    with pytest.raises(ModelFileError, match="contains no test vectors"):
        read_safetensors_vectors(to_bytes(make_model()))


def with_member(content: bytes, name: str, data: bytes, how: int = ZIP_STORED) -> bytes:
    """Put another member into an .npz file in the place of one."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as before, ZipFile(file, "w") as after:
        for member in before.namelist():
            if member != name:
                after.writestr(member, before.read(member))
        after.writestr(name, data, how)
    return file.getvalue()


def test_an_archive_that_claims_more_than_it_holds_is_refused(make_model: Make) -> None:
    content = export(make_model(), "npz")
    bomb = with_member(content, "W1.npy", bytes(64 * 2**20), ZIP_DEFLATED)
    with pytest.raises(ModelFileError, match=r"it claims to hold 6\d,\d{3},\d{3}"):
        read_npz_vectors(bomb)


@pytest.mark.parametrize("rows", [10**6, 10**12, 10**18])
def test_an_array_that_claims_more_than_its_member_holds_is_refused(make_model: Make, rows: int) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f4", "fortran_order": False, "shape": (rows, 20)})
    with pytest.raises(ModelFileError, match=r"not an \.npz file that mnist-nn wrote"):
        read_npz_vectors(with_member(export(make_model(), "npz"), "W1.npy", head.getvalue()))
