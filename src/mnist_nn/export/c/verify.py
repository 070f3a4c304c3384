"""Check a C header with this machine's C compiler: both forms, all warnings as errors."""

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
from mnist_nn.export.c.write import STEPS_NAME
from mnist_nn.export.metadata import to_single
from mnist_nn.export.runtime import call
from mnist_nn.export.vectors import Pixels, Vectors
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
    """Read the test vectors of the self test."""
    text = content.decode("utf-8", "replace")
    pixels, probabilities, is_digit = (
        _find_array(text, f"mnist_nn_test_{name}") for name in ("pixels", "probabilities", "is_digit")
    )
    predictions = Predictions.of_outputs(probabilities.argmax(axis=1), probabilities, is_digit)
    return Vectors(pixels.astype(np.uint8), predictions)


def run(model: Model, content: bytes, images: Pixels) -> Ran:
    """Compile a program around the header, and ask both forms."""
    compiler = next((found for name in COMPILERS if (found := shutil.which(name))), None)
    if compiler is None:
        raise MissingExtraError(f"a C header needs a C compiler, one of {', '.join(COMPILERS)}; install gcc or clang")
    steps = _find_array(content.decode(), STEPS_NAME) if model.network.config.hidden else np.empty(0)
    int8 = Int8.of(to_single(model), tuple(steps.astype(np.float32)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "digits.h").write_bytes(content)
        (folder / "main.c").write_text(PROGRAM, "utf-8")
        (folder / "pixels").write_bytes(images.tobytes())
        call([compiler, *FLAGS, "main.c", "-o", "main", "-lm"], folder=folder)
        lines = call([str(folder / "main"), "pixels"], folder=folder).splitlines()
    rows = np.array([line.split() for line in lines], float)
    version = call([compiler, "--version"]).splitlines()[0]
    return Ran(version, _parse(rows[0::2]), (int8.predict(model, images), _parse(rows[1::2])))


def _parse(rows: npt.NDArray[np.float64]) -> Predictions:
    """Take apart what the program prints: label, is_digit and the probabilities of each picture."""
    return Predictions.of_outputs(rows[:, 0].astype(np.int64), rows[:, 2:], rows[:, 1])


def _find_array(text: str, name: str) -> npt.NDArray[Any]:
    """Take a constant array out of the header's text."""
    found = re.search(rf"\b{name}((?:\[\d+\])+) = \{{(.*?)\}};", text, re.DOTALL)
    if not found:
        raise ModelFileError(f"this is not a C header that mnist-nn wrote: there is no {name} in it")
    sides = [int(side) for side in re.findall(r"\d+", found[1])]
    values = re.findall(r"[-+.\w]+", found[2])
    return np.array([value.removesuffix("f") for value in values], float).reshape(sides)
