"""C headers on AVR: compiled by avr-gcc without a warning, their weights in flash, and run in a simulated processor."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from patience import PATIENCE

from mnist_nn import Dataset, Model
from mnist_nn.export import export
from mnist_nn.export.c.verify import run

CHIP = "atmega1284p"
FLAGS = ("-std=c99", "-Os", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-mmcu={CHIP}")
PROGRAM = """
#include "digits.h"
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdio.h>

static const unsigned char pictures[COUNT][MNIST_NN_INPUTS] PROGMEM = {PICTURES};

static int put(char letter, FILE *file)
{
    (void)file;
    while (!(UCSR0A & (1 << UDRE0))) { }
    UDR0 = letter;
    return 0;
}

int main(void)
{
    static FILE out = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);
    UCSR0B = 1 << TXEN0;
    for (int t = 0; t < COUNT; t++) {
        unsigned char pixels[MNIST_NN_INPUTS];
        float probabilities[MNIST_NN_CLASSES], is_digit;
        memcpy_P(pixels, pictures[t], MNIST_NN_INPUTS);
        const int label = PREDICT(pixels, probabilities, &is_digit);
        fprintf(&out, "=%d", label);
        for (int i = 0; i < MNIST_NN_CLASSES; i++) fprintf(&out, " %ld", (long)(1e6f * probabilities[i]));
        fprintf(&out, " %ld\\n", (long)(1e6f * is_digit));
    }
    cli();
    sleep_enable();
    sleep_cpu();
}
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("avr-gcc") and shutil.which("simavr")), reason="avr-gcc or simavr is not installed"
    ),
]


def build(header: bytes, pictures: npt.NDArray[np.uint8], form: str, folder: Path) -> str:
    """Compile a program around a header; returns what the compiler says."""
    (folder / "digits.h").write_bytes(header)
    rows = ",".join(f"{{{','.join(map(str, picture))}}}" for picture in pictures.tolist())
    text = PROGRAM.replace("{PICTURES}", f"{{{rows}}}").replace("COUNT", str(len(pictures))).replace("PREDICT", form)
    (folder / "digits.c").write_text(text, encoding="ascii")
    command = ["avr-gcc", *FLAGS, "digits.c", "-o", "digits.elf", "-lm"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE)
    return built.stderr


def run_on_avr(header: bytes, pictures: npt.NDArray[np.uint8], form: str, folder: Path) -> npt.NDArray[Any]:
    """Return what a program around a header says of each picture: label, probabilities, is_digit."""
    assert build(header, pictures, form, folder) == ""
    command = ["simavr", "-m", CHIP, "-f", "16000000", "digits.elf"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE)
    lines = re.findall(r"=([-\d ]+)", done.stdout + done.stderr)
    assert len(lines) == len(pictures), done.stdout + done.stderr
    return np.array([line.split() for line in lines], float) / ([1] + [1e6] * (len(lines[0].split()) - 1))


def data_in_ram(folder: Path) -> int:
    """Bytes of variables that have a value when the program starts."""
    table = subprocess.run(["avr-size", "digits.elf"], cwd=folder, capture_output=True, text=True, check=True).stdout
    return int(table.splitlines()[1].split()[1])


def test_digits_are_read_with_weights_in_flash(
    make_model: Callable[..., Model], mnist: Dataset, tmp_path: Path
) -> None:
    model = make_model(calibrated=True)
    header, pictures = export(model, "c"), mnist.test.images[:5].reshape(5, -1)
    found = run_on_avr(header, pictures, "mnist_nn_predict_int8", tmp_path)
    answers = run(model, header, pictures).int8[1]  # type: ignore[index]
    assert found[:, 0].tolist() == answers.label.tolist()
    assert np.abs(found[:, 1:-1] - answers.probabilities).max() < 1e-3
    assert np.abs(found[:, -1] - answers.is_digit).max() < 1e-3
    assert data_in_ram(tmp_path) < 300, "formats of printing, and none of 15,880 weights"
    assert "mnist_nn_predict" in build(header, pictures, "mnist_nn_predict", tmp_path), "its weights are too large"


@pytest.mark.parametrize("form", ["", "_int8"])
def test_small_networks_have_both_forms(
    make_model: Callable[..., Model], small_data: Callable[[int], Dataset], tmp_path: Path, form: str
) -> None:
    model = make_model(inputs=12, outputs=3, hidden=(6, 5), activation=("tanh", "leaky_relu"), calibrated=True)
    data = small_data(12)
    header, pictures = export(model, "c", data=data), data.test.images[:9].reshape(9, -1)
    found = run_on_avr(header, pictures, f"mnist_nn_predict{form}", tmp_path)
    ran = run(model, header, pictures)
    answers = ran.int8[1] if form and ran.int8 else ran.predictions
    assert found[:, 0].tolist() == answers.label.tolist()
    assert np.abs(found[:, 1:-1] - answers.probabilities).max() < 1e-3
    assert data_in_ram(tmp_path) < 300
