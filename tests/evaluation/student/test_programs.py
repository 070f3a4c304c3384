"""Programs are found in files, classes and objects, and their weights wherever they keep them."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.student.programs import (
    as_program,
    construct,
    find_parameters,
    find_sizes,
    load_module,
    set_rate,
    walk,
)

SIZES = (9, 6, 5)


class Layer:
    def __init__(self, fan_in: int, units: int) -> None:
        self.W, self.bias = np.ones((fan_in, units)), np.zeros((1, units))
        self.dW = np.zeros_like(self.W)


class Net:
    def __init__(self, n_inputs: int, n_hidden: int, n_outputs: int, lr: float = 0.5) -> None:
        self.layers = [Layer(n_inputs, n_hidden), Layer(n_hidden, n_outputs)]
        self.lr = lr

    def train(self, x: Any, y: Any) -> None:
        """Do nothing."""


def test_weights_are_found_in_layers_and_can_be_set() -> None:
    net = construct(Net, SIZES)
    found = find_parameters(net, SIZES)
    assert [slot.name for slot in found["W"]] == ["layers[0].W", "layers[1].W"]
    assert [slot.name for slot in found["b"]] == ["layers[0].bias", "layers[1].bias"]
    found["b"][0].set(np.arange(6.0))
    assert net.layers[0].bias.tolist() == [[0, 1, 2, 3, 4, 5]]
    assert find_sizes(net) == SIZES
    assert set_rate(net, 0.37)
    assert net.lr == 0.37
    assert len(list(walk(net))) == 6


def test_lists_of_numbers_are_weights_too() -> None:
    class Plain:
        def __init__(self) -> None:
            self.w = [[0.0] * 9 for _ in range(6)]
            self.v = [[0.0] * 6 for _ in range(5)]

    thing = Plain()
    found = find_parameters(thing, SIZES)
    found["W"][0].set(np.ones((6, 9)))
    assert thing.w == [[1.0] * 9] * 6
    assert found["b"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"theirs.py' is empty; give a file with functions"),
        (" \n", "is empty"),
        ("x = 1", r"^theirs.py has no function such as backward or train_step"),
        ("raise KeyError('data')", "stops when it is loaded: KeyError: 'data'"),
        ("import sys; sys.exit(2)", "stops when it is loaded: SystemExit"),
        ("quit()", "stops when it is loaded: SystemExit"),
        ("x = 1\ndef broken(:", r"is not valid Python \(line 2: invalid syntax\); correct it first"),
        ("x = '\0'", "is not valid Python"),
        (
            "n = input('layers? ')",
            r"loaded: it asks for input, which nobody can give here; put that below if __name__ == '__main__'",
        ),
    ],
)
def test_files_in_which_nothing_runs(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        as_program(tmp_path / "theirs.py")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        ("nothing.py", "there is no file .*nothing.py'; give the path of a student's .py file"),
        ("theirs", r"there is no file .*theirs'; did you mean .*theirs.py'\?"),
        ("", "is a folder; give one student's .py file in it"),
        ("notes.txt", r"notes.txt' does not end in .py"),
        ("theirs.ipynb", "is a notebook; turn it into a .py file with: jupyter nbconvert"),
        ("a" * 5000, "cannot read .*too long"),
    ],
)
def test_paths_that_are_no_program(thing: str, message: str, tmp_path: Path) -> None:
    for name in ("theirs.py", "notes.txt", "theirs.ipynb"):
        (tmp_path / name).write_text("x = 1", encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        as_program(tmp_path / thing)


class Nothing:
    """A class without methods."""


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (3, "there is nothing to run in 3; give a file, a module, functions, a class or an object"),
        (None, "there is nothing to run in None"),
        (b"theirs.py", "there is nothing to run in a bytes"),
        (Nothing, "there is nothing to run in the class Nothing"),
        (Nothing(), "there is nothing to run in a Nothing"),
        (lambda x: x, "takes no labels, errors or gradients, so it is no whole update; give the backward pass too"),
        (dict.update, "it is not clear which parameters update takes; give a function written in Python"),
    ],
)
def test_things_that_are_no_program(thing: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        as_program(thing)


def test_weights_of_other_sizes_are_no_program() -> None:
    with pytest.raises(ConfigError, match="layers of"):
        find_parameters(Net(9, 6, 5), (9, 7, 5))


def test_a_class_whose_parameters_nobody_knows() -> None:
    class Odd:
        def __init__(self, spam: int, eggs: int) -> None:
            pass

    with pytest.raises(ConfigError, match="the parameter 'spam' of Odd is"):
        construct(Odd, SIZES)


def test_what_a_file_prints_and_warns_of_is_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "import sys, warnings\nprint(1)\nsys.stderr.write('2')\nwarnings.warn('3')\ndef train(x, y): print(4)\n"
    (tmp_path / "theirs.py").write_text(text, encoding="utf-8")
    load_module(tmp_path / "theirs.py").train(1, 2)
    assert capsys.readouterr() == ("4\n", "")


def test_files_import_those_of_their_own_folder(tmp_path: Path) -> None:
    before = set(sys.modules), list(sys.path)
    for name in ("ada", "bob"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "theirs.py").write_text(
            "from tools import who\ndef train(x, y): return who", encoding="utf-8"
        )
        (tmp_path / name / "tools.py").write_text(f"who = {name!r}", encoding="utf-8")
    assert [load_module(tmp_path / name / "theirs.py").who for name in ("ada", "bob")] == ["ada", "bob"]
    assert (set(sys.modules), list(sys.path)) == before


def test_dataclasses_with_annotations_as_text_load(tmp_path: Path) -> None:
    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass Net:\n    w: list\n"
    )
    (tmp_path / "theirs.py").write_text(text, encoding="utf-8")
    assert load_module(tmp_path / "theirs.py").Net([1]).w == [1]


def test_a_constructor_that_stops_is_said_to() -> None:
    class Stops:
        def __init__(self, n_inputs: int, n_hidden: int, n_outputs: int) -> None:
            raise SystemExit(f"no data for {n_inputs}-{n_hidden}-{n_outputs}")

        def train(self, x: Any, y: Any) -> None:
            """Never."""

    with pytest.raises(ConfigError, match=r"cannot be made for layers of .* units: SystemExit: no data for 9-6-5"):
        as_program(Stops).build(SIZES)


def test_an_initialization_that_stops_is_said_to() -> None:
    def initialize(sizes: list[int]) -> Any:
        raise ValueError(sizes)

    program = as_program(lambda x, y, W1, W2: None, initialize=initialize)  # noqa: ARG005
    with pytest.raises(ConfigError, match=r"initialize stops for layers of \[9, 6, 5\] units: ValueError"):
        program.initial(SIZES)
