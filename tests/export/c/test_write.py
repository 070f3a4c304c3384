"""C headers: compiled by every compiler there is with all warnings as errors, and right for every configuration."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from patience import PATIENCE

from mnist_nn import Dataset, Model, Network, NetworkConfig, TrainingConfig, train
from mnist_nn.errors import ConfigError
from mnist_nn.export import export, verify
from mnist_nn.export.c.int8 import MOST_INPUTS
from mnist_nn.export.c.verify import run
from mnist_nn.nn.config import ACTIVATIONS

Make = Callable[..., Model]
FLAGS = ("-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror")
COMPILERS = {"gcc": ("-std=c99", "-x", "c"), "clang": ("-std=c99", "-x", "c"), "g++": ("-std=c++17", "-x", "c++")}

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler (cc) on this machine")


@pytest.fixture(scope="session")
def classic_model(mnist: Dataset) -> Model:
    """The seed's network, trained a little."""
    config = TrainingConfig(epochs=1, subset=3000, batch_size=10)
    *_, last = train(Network.create(), mnist.train, config, engine="reference")
    return Model(last.network, data={"name": mnist.name, "sha256": mnist.digest})


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    hidden=st.lists(st.tuples(st.integers(1, 9), st.sampled_from(ACTIVATIONS)), max_size=3),
    output=st.sampled_from(["sigmoid", "softmax"]),
    calibrated=st.booleans(),
    scale=st.sampled_from([0.0, 0.1, 1.0, 3.0]),
    seed=st.integers(0, 99),
)
def test_every_configuration_answers_as_the_reference_engine(
    check: Callable[..., Any],
    make_model: Make,
    small_data: Callable[[int], Dataset],
    hidden: list[tuple[int, str]],
    **how: Any,
) -> None:
    widths, names = tuple(width for width, _ in hidden), tuple(name for _, name in hidden)
    model = make_model(inputs=12, outputs=3, hidden=widths, activation=names, **how)
    found = check(model, "c", small_data(12))
    assert found.good, found


def compiled(compiler: str, header: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    (folder / "digits.h").write_bytes(header)
    command = (compiler, *COMPILERS[compiler], *FLAGS, "-DMNIST_NN_SELFTEST", "digits.h", "-o", "selftest", "-lm")
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("calibrated", [False, True])
def test_the_self_test_compiles_without_a_warning_and_passes(
    make_model: Make, tmp_path: Path, compiler: str, calibrated: bool
) -> None:
    model = make_model(hidden=(6, 5), activation=("tanh", "relu"), calibrated=calibrated)
    built = compiled(compiler, export(model, "c"), tmp_path)
    assert (built.returncode, built.stderr) == (0, "")
    done = subprocess.run([tmp_path / "selftest"], capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0
    forms = r"float \d+ pictures, .*: ok\nint8  \d+ pictures, .*: ok\n"
    limits = r"limit \d+ pictures, 0 judged differently: ok\n" if calibrated else ""
    assert re.fullmatch(forms + limits, done.stdout)


@pytest.mark.parametrize(("array", "form"), [("mnist_nn_b1", "float"), ("mnist_nn_scale1", "int8")])
def test_the_self_test_notices_a_changed_number(make_model: Make, tmp_path: Path, array: str, form: str) -> None:
    header = export(make_model(), "c").decode()
    changed = re.sub(rf"({array}\[20\] MNIST_NN_FLASH = {{\n)[-+.\w]+f", r"\g<1>9.0f", header)
    assert changed != header
    assert compiled("gcc", changed.encode(), tmp_path).returncode == 0
    done = subprocess.run([tmp_path / "selftest"], capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 1
    assert re.search(f"{form} .*WRONG", done.stdout)


def test_nothing_is_allocated_and_only_two_headers_are_included_but_for_flash(make_model: Make) -> None:
    header = export(make_model(calibrated=True), "c").decode().split("#ifdef MNIST_NN_SELFTEST")[0]
    assert re.findall(r"#include <(.*)>", header) == ["math.h", "stdint.h", "avr/pgmspace.h"]
    assert not re.search(r"\b(malloc|calloc|realloc|alloca|free)\b", header)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_names_of_classes_are_those_of_the_model(
    make_model: Make, small_data: Callable[[int], Dataset], tmp_path: Path, compiler: str
) -> None:
    names = ("mnist_nn_1", 'say "b"', "c\\n ??/ délta 7")
    model = replace(make_model(inputs=12, outputs=3, hidden=(3,)), class_names=names)
    (tmp_path / "digits.h").write_bytes(export(model, "c", small_data(12), prefix="own"))
    main = "int main(void) { for (int i = 0; i < 3; i++) puts(own_class_name(i)); return 0; }"
    (tmp_path / "main.c").write_text(f'#include <stdio.h>\n#include "digits.h"\n{main}\n')
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    command = (compiler, *COMPILERS[compiler], *FLAGS, "main.c", "-o", "names", "-lm")
    subprocess.run(command, cwd=tmp_path, check=True, timeout=PATIENCE)
    shown = subprocess.run([tmp_path / "names"], check=True, capture_output=True, timeout=PATIENCE).stdout
    assert shown.decode().splitlines() == list(names)


def test_two_files_of_one_program_may_include_it(make_model: Make, tmp_path: Path) -> None:
    (tmp_path / "digits.h").write_bytes(export(make_model(), "c"))
    call = "unsigned char x[784] = {0}; float p[10], d; return mnist_nn_predict(x, p, &d) > 9 || p[0] > 1.0f;"
    (tmp_path / "a.c").write_text(
        f'#include "digits.h"\n#include "digits.h"\nint b(void);\nint main(void) {{ {call} }}'
    )
    (tmp_path / "b.c").write_text('#include "digits.h"\nint b(void);\nint b(void) { return MNIST_NN_CLASSES; }')
    command = ("cc", "-std=c99", *FLAGS, "a.c", "b.c", "-o", "both", "-lm")
    subprocess.run(command, cwd=tmp_path, check=True, timeout=PATIENCE)
    subprocess.run([tmp_path / "both"], check=True, timeout=PATIENCE)


@pytest.mark.slow
@pytest.mark.parametrize("compiler", COMPILERS)
def test_two_headers_fit_into_one_file(make_model: Make, tmp_path: Path, compiler: str) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    small, large = make_model(hidden=(5,), calibrated=True), make_model(hidden=(7, 6), activation="relu", seed=1)
    (tmp_path / "small.h").write_bytes(export(small, "c", prefix="small"))
    (tmp_path / "large.h").write_bytes(export(large, "c"))
    calls = "".join(f"{name}_predict{form}(x, p, &d) + " for name in ("small", "mnist_nn") for form in ("", "_int8"))
    (tmp_path / "both.c").write_text(
        '#include "small.h"\n#include "large.h"\n'
        f"int main(void) {{ unsigned char x[784] = {{0}}; float p[10], d; return {calls}0 > 36; }}\n"
    )
    command = (compiler, *COMPILERS[compiler], *FLAGS, "both.c", "-o", "both", "-lm")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
    subprocess.run([tmp_path / "both"], check=True, timeout=PATIENCE)


def test_a_header_with_names_of_its_own_is_verified_by_them(make_model: Make, tmp_path: Path) -> None:
    model, path = make_model(hidden=(5,), calibrated=True), tmp_path / "own.h"
    path.write_bytes(export(model, "c", prefix="t"))
    assert b"mnist_nn_" not in path.read_bytes()
    assert b"MNIST_NN_" not in path.read_bytes()
    assert verify(model, path).good


@pytest.mark.parametrize("prefix", ["", "2nd", "a-b", "Upper", "a b", "é"])
def test_a_prefix_that_no_name_begins_with_is_refused(make_model: Make, prefix: str) -> None:
    with pytest.raises(ConfigError, match=r"prefix is .*; give lower-case letters"):
        export(make_model(), "c", prefix=prefix)


def test_other_formats_have_no_prefix(make_model: Make) -> None:
    with pytest.raises(ConfigError, match="prefixes are only for the format c; leave prefix out for npz"):
        export(make_model(), "npz", prefix="digits")


def test_the_stated_accuracies_are_those_of_the_compiled_forms(classic_model: Model, mnist: Dataset) -> None:
    header = export(classic_model, "c")
    stated = [float(share) for share in re.findall(r"([\d.]+) % of the 10,000 test images of mnist", header.decode())]
    ran = run(classic_model, header, mnist.test.images.reshape(-1, 784))
    assert ran.int8
    exact, whole = ((answers.label == mnist.test.labels).mean() for answers in (ran.predictions, ran.int8[1]))
    assert stated == pytest.approx([100 * exact, 100 * whole], abs=0.011)
    assert exact > 0.7
    assert abs(exact - whole) < 0.005


def test_data_of_another_shape_is_refused(make_model: Make) -> None:
    with pytest.raises(
        ConfigError, match="images of 30 pixels and at most 4 classes; give such a data set with --data"
    ):
        export(make_model(inputs=30, outputs=4), "c")


def test_other_data_than_that_of_the_training_is_refused(make_model: Make) -> None:
    model = make_model()
    with pytest.raises(
        ConfigError, match=r"trained on other data, 'mine'.*; give the data the model was trained on with --data"
    ):
        export(Model(model.network, data={"name": "mine", "sha256": "0" * 64}), "c")


def test_sums_that_could_overflow_are_refused(small_data: Callable[[int], Dataset]) -> None:
    config = NetworkConfig(inputs=4, hidden=(MOST_INPUTS + 1,), outputs=3, initializer="zeros")
    with pytest.raises(ConfigError, match="too wide for 32-bit sums"):
        export(Model(Network.create(config)), "c", small_data(4))
