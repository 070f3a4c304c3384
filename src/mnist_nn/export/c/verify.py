"""Checks both forms in a C header with this machine's C compiler, with all warnings as errors."""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import MissingExtraError, ModelFileError
from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.export.c.int8 import Int8
from mnist_nn.export.c.write import ACCEPT_AT, NOT_A_DIGIT_NAME, PREFIX, STEPS_NAME, rename
from mnist_nn.export.limits import NOT_A_DIGIT, SHARES, TOO_NEAR, Limits
from mnist_nn.export.metadata import to_single
from mnist_nn.export.runtime import call
from mnist_nn.export.vectors import Pixels, Vectors, as_whole
from mnist_nn.export.verification import Ran
from mnist_nn.model_file.storage import Model

COMPILERS = ("cc", "gcc", "clang")
FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror")

PROGRAM = """\
#include <stdio.h>
#include "digits.h"

typedef int predictor(const unsigned char *, float *, float *);

static void show(predictor *predict, const unsigned char *pixels)
{
    float probabilities[MNIST_NN_CLASSES], is_digit;
    const int label = predict(pixels, probabilities, &is_digit);
    printf("%d %.9g", label, (double)is_digit);
    for (int i = 0; i < MNIST_NN_CLASSES; i++) printf(" %.9g", (double)probabilities[i]);
    printf("\\n");
}

int main(int count, char **arguments)
{
    unsigned char pixels[MNIST_NN_INPUTS];
    FILE *file = count > 1 ? fopen(arguments[1], "rb") : NULL;
    if (!file) return 1;
    while (fread(pixels, sizeof pixels, 1, file) == 1) {
        show(mnist_nn_predict, pixels);
        show(mnist_nn_predict_int8, pixels);
    }
    return fclose(file);
}
"""


def read_vectors(content: bytes) -> Vectors:
    """Read the test vectors of the self-test."""
    text = _with_plain_names(content)
    pixels, probabilities, is_digit = (
        _find_array(text, f"mnist_nn_test_{name}") for name in ("pixels", "probabilities", "is_digit")
    )
    predictions = Predictions.of_outputs(probabilities.argmax(axis=1), probabilities, is_digit)
    passed = _find_array_or_none(text, "mnist_nn_test_passed")
    counts = None if passed is None else as_whole(passed, TOO_NEAR, len(SHARES) + 1)
    return Vectors(as_whole(pixels, 0, 255).astype(np.uint8), predictions, counts)


def read_limits(content: bytes) -> Limits:
    """Read the limits, which are constants in the header."""
    text = _with_plain_names(content)
    least = re.search(rf"^#define {NOT_A_DIGIT_NAME} (\S+)f$", text, re.MULTILINE)
    shares = re.findall(rf"^#define {ACCEPT_AT}(\w+) (\S+)f$", text, re.MULTILINE)
    if least is None:
        return {}
    return {NOT_A_DIGIT: float(least[1]), **{share.replace("_", "."): float(at) for share, at in shares}}


def run(model: Model, content: bytes, images: Pixels) -> Ran:
    """Compile a program around the header, and run both forms."""
    compiler = next((found for name in COMPILERS if (found := shutil.which(name))), None)
    if compiler is None:
        raise MissingExtraError(
            f"checking a C header needs a C compiler, one of {', '.join(COMPILERS)}; install gcc or clang"
        )
    int8 = Int8.of(to_single(model), _find_steps(model, _with_plain_names(content)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "digits.h").write_bytes(content)
        (folder / "main.c").write_text(rename(PROGRAM, _find_prefix(content)), "utf-8")
        (folder / "pixels").write_bytes(images.tobytes())
        call([compiler, *FLAGS, "main.c", "-o", "main", "-lm"], folder=folder)
        lines = call([str(folder / "main"), "pixels"], folder=folder).splitlines()
    rows = np.array([line.split() for line in lines], float)
    version = call([compiler, "--version"]).splitlines()[0]
    return Ran(version, _parse(rows[0::2]), (int8.predict(model, images), _parse(rows[1::2])))


def _find_prefix(content: bytes) -> str:
    """Find the prefix of all names in a header, by its include guard."""
    found = re.search(rb"^#ifndef ([A-Z][A-Z0-9_]*)_H$", content, re.MULTILINE)
    return found[1].decode().lower() if found else PREFIX


def _with_plain_names(content: bytes) -> str:
    """Return the text with the default prefix."""
    text, prefix = content.decode("utf-8", "replace"), _find_prefix(content)
    text = re.sub(rf"\b{prefix}_", f"{PREFIX}_", text)
    return re.sub(rf"\b{prefix.upper()}_", f"{PREFIX.upper()}_", text)


def _find_steps(model: Model, text: str) -> tuple[np.float32, ...]:
    """Return the value of one step for each hidden layer; there must be as many as the model has."""
    steps, hidden = _find_array_or_none(text, STEPS_NAME), len(model.network.config.hidden)
    found = 0 if steps is None else len(steps)
    if found != hidden:
        raise ModelFileError(
            f"it was exported from another model: its network has {found} hidden layer{'s' * (found != 1)}, "
            f"this model's has {hidden}"
        )
    with np.errstate(over="ignore"):  # of a damaged header, whose answers then differ
        return () if steps is None else tuple(steps.astype(np.float32))


def _parse(rows: npt.NDArray[np.float64]) -> Predictions:
    """Parse what the program prints: label, is_digit and probabilities of each picture."""
    return Predictions.of_outputs(rows[:, 0].astype(np.int64), rows[:, 2:], rows[:, 1])


def _find_array(text: str, name: str) -> npt.NDArray[Any]:
    """Extract a constant array from the header's text."""
    found = _find_array_or_none(text, name)
    if found is None:
        raise ModelFileError(f"this is not a C header that mnist-nn wrote: it contains no {name}")
    return found


def _find_array_or_none(text: str, name: str) -> npt.NDArray[Any] | None:
    found = re.search(rf"\b{name}((?:\[\d+\])+)(?: MNIST_NN_FLASH)? = \{{(.*?)\}};", text, re.DOTALL)
    if not found:
        return None
    sides = [int(side) for side in re.findall(r"\d+", found[1])]
    values = re.findall(r"[-+.\w]+", found[2])
    return np.array([value.removesuffix("f") for value in values], float).reshape(sides)
