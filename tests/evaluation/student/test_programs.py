"""Programs are found in files, classes and objects, and their weights wherever they keep them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.student.programs import as_program, construct, find_parameters, find_sizes, set_rate, walk

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
        ("x = 1", "has no function such as backward or train_step"),
        ("raise KeyError('data')", "stops when it is loaded: KeyError: 'data'"),
        ("import sys; sys.exit(2)", "stops when it is loaded: SystemExit"),
        ("def broken(:", "stops when it is loaded: SyntaxError"),
    ],
)
def test_files_in_which_nothing_runs(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        as_program(tmp_path / "theirs.py")


def test_things_that_are_no_program(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no Python file"):
        as_program(tmp_path / "nothing.py")
    with pytest.raises(ConfigError, match="there is nothing to run in int"):
        as_program(3)
    with pytest.raises(ConfigError, match="layers of"):
        find_parameters(Net(9, 6, 5), (9, 7, 5))


def test_a_class_whose_parameters_nobody_knows() -> None:
    class Odd:
        def __init__(self, spam: int, eggs: int) -> None:
            pass

    with pytest.raises(ConfigError, match="the parameter 'spam' of Odd is"):
        construct(Odd, SIZES)
