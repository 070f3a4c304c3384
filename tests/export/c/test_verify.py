"""C headers as they are read again: compiled around a program that asks both forms."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnist_nn import Model
from mnist_nn.errors import ModelFileError
from mnist_nn.export import export, verify
from mnist_nn.export.c.verify import read_vectors, run
from mnist_nn.export.vectors import make_vectors, predict_exactly

Make = Callable[..., Model]
NEEDS_CC = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler (cc) on this machine")


@NEEDS_CC
def test_a_changed_header_is_noticed_by_verify(make_model: Make, tmp_path: Path) -> None:
    model = make_model()
    header = export(model, "c").decode()
    path = tmp_path / "changed.h"
    path.write_text(re.sub(r"(mnist_nn_Q2\[200\] MNIST_NN_FLASH = {\n)-?\d+", r"\g<1>99", header))
    wrong = [row.output for row in verify(model, path).differences if not row.good]
    assert wrong
    assert all(output.startswith("int8") for output in wrong)


def test_the_vectors_are_those_of_the_self_test() -> None:
    header = b"""
static const unsigned char mnist_nn_test_pixels[2][3] = {
{
0, 128, 255
},
{
1, 2, 3
}
};
static const float mnist_nn_test_probabilities[2][2] = {
{
0.75f, 0.25f
},
{
1e-3f, 0.999f
}
};
static const float mnist_nn_test_is_digit[2] = {
0.5f, 1.0f
};
"""
    found = read_vectors(header)
    assert found.images.tolist() == [[0, 128, 255], [1, 2, 3]]
    assert found.predictions.label.tolist() == [0, 1]
    assert found.predictions.probabilities.tolist() == [[0.75, 0.25], [0.001, 0.999]]
    assert found.predictions.is_digit.tolist() == [0.5, 1.0]
    assert found.predictions.confidence.tolist() == [0.375, 0.999]


@pytest.mark.parametrize("pixel", ["nan", "1e300", "-1", "256", "0.5"])
def test_a_pixel_that_is_no_byte_is_refused(pixel: str) -> None:
    header = f"""
static const unsigned char mnist_nn_test_pixels[1][1] = {{{{ {pixel} }}}};
static const float mnist_nn_test_probabilities[1][2] = {{{{ 0.75f, 0.25f }}}};
static const float mnist_nn_test_is_digit[1] = {{ 1.0f }};
"""
    with pytest.raises(ModelFileError, match="a number in it is not a whole number from 0 to 255"):
        read_vectors(header.encode())


def test_the_vectors_of_an_export_are_the_models(make_model: Make) -> None:
    model = make_model(calibrated=True)
    expected, found = make_vectors(model, None), read_vectors(export(model, "c"))
    # These are the last of the vectors: before them come digits, which a data set gives, and pictures beside limits.
    count = 4
    assert np.array_equal(found.images[-count:], expected.images[-count:])
    assert found.predictions.is_digit[-count:] == pytest.approx(expected.predictions.is_digit[-count:], abs=1e-7)


@NEEDS_CC
@pytest.mark.parametrize(("inside", "beside"), [((6,), (6, 5)), ((6, 5), (6,)), ((), (6,)), ((6,), ())])
def test_a_header_of_another_depth_is_said(
    make_model: Make, tmp_path: Path, inside: tuple[int, ...], beside: tuple[int, ...]
) -> None:
    path = tmp_path / "digits.h"
    path.write_bytes(export(make_model(hidden=inside), "c"))
    said = rf"another model: its network has {len(inside)} hidden layers?, this model's has {len(beside)}"
    with pytest.raises(ModelFileError, match=said):
        verify(make_model(hidden=beside), path)


@NEEDS_CC
def test_both_forms_in_the_header_are_asked(make_model: Make) -> None:
    model = make_model(hidden=(6,), calibrated=True)
    images = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)
    found, expected = run(model, export(model, "c"), images), predict_exactly(model, images)
    assert np.array_equal(found.predictions.label, expected.label)
    assert np.abs(found.predictions.probabilities - expected.probabilities).max() < 1e-5
    assert np.abs(found.predictions.is_digit - expected.is_digit).max() < 1e-5
    assert found.int8
    rules, whole = found.int8
    assert np.abs(whole.probabilities - rules.probabilities).max() < 1e-4
    assert np.abs(whole.probabilities - expected.probabilities).max() > 1e-5, "whole numbers are not as exact"


def test_another_header_is_said() -> None:
    with pytest.raises(ModelFileError, match="contains no mnist_nn_test_pixels"):
        read_vectors(b"#define MNIST_NN_CLASSES 10\n")
