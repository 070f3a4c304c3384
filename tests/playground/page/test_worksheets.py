"""Every number of a set of worksheets is right: held to the equations in NumPy, and to the printed numbers."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn import Dataset, Network, NetworkConfig
from mnist_nn.model_file.storage import Model, save

HERE = Path(__file__).parent
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed, which runs the code of the playground")
RATE = 0.05
COUNT = 6
CASES = {
    "softmax": ({"output": "softmax"}, "cross_entropy"),
    "classic": ({}, "classic_mse"),
    "deep": ({"hidden": (12, 8), "activation": ("tanh", "sigmoid")}, "mse"),
}
Numbers = dict[str, Any]


def number(text: str) -> float:
    plain = text.replace("−", "-").replace("·10⁻", "e-")
    return float(plain.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, str, list[str]]:
    """A network, its loss, and the sections of the worksheets."""
    shape, loss = CASES[request.param]
    network = Network.create(NetworkConfig(**shape), seed=3)
    path = save(tmp_path_factory.mktemp("sheets") / "model.safetensors", Model(network))
    script = [NODE, str(HERE / "write_worksheets.mjs"), str(path), loss, str(RATE), str(COUNT)]
    html = subprocess.run(script, capture_output=True, check=True, timeout=PATIENCE, text=True).stdout
    return network, loss, re.findall(r"<section.*?</section>", html, re.DOTALL)


def slope(name: str, a: np.ndarray) -> np.ndarray:
    return {"sigmoid": a * (1 - a), "tanh": 1 - a**2}[name]


def work_out(network: Network, loss: str, x: np.ndarray, label: int, path: list[int]) -> Numbers:
    """All numbers of a sheet, by the equations."""
    config = network.config
    W, b = ([np.asarray(p, np.float64) for p in all_] for all_ in (network.weights, network.biases))
    functions = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh}
    last = len(W) - 1
    z, a = [], [x]
    for k in range(last + 1):
        z.append(W[k] @ a[k] + b[k])
        name = config.output if k == last else config.activation[k]
        a.append(np.exp(z[k]) / np.exp(z[k]).sum() if name == "softmax" else functions[name](z[k]))
    o, l = a[-1], np.eye(10)[label]
    delta = [np.empty(0)] * (last + 1)
    delta[last] = o - l if loss != "mse" else 2 / 10 * (o - l) * o * (1 - o)
    found: Numbers = {}
    for k in range(last - 1, -1, -1):
        back = W[k + 1].T * delta[k + 1]
        unit = path[k + 1]
        delta[k] = back.sum(axis=1) * slope(config.activation[k], a[k + 1])
        found[f"sum.{k}.{unit}"] = back[unit].sum()
        found[f"slope.{k}.{unit}"] = slope(config.activation[k], a[k + 1])[unit]
        found |= {f"back.{k}.{i}": value for i, value in enumerate(back[unit])}
    for k in range(last + 1):
        unit, below = path[k + 1], path[k]
        dW = delta[k][unit] * a[k][below]
        found |= {f"z.{k}.{unit}": z[k][unit], f"dW.{k}": dW, f"db.{k}": delta[k][unit]}
        found |= {f"W.{k}": W[k][unit, below] - RATE * dW, f"b.{k}": b[k][unit] - RATE * delta[k][unit]}
        found |= {f"term.{k}.{i}": value for i, value in enumerate(W[k][unit] * a[k])}
        found |= {f"a.{k}.{i}": value for i, value in enumerate(a[k + 1])}
        found |= {f"delta.{k}.{i}": value for i, value in enumerate(delta[k])}
    with np.errstate(divide="ignore"):
        found["loss.mean squared error"] = ((o - l) ** 2).mean()
        found["loss.categorical cross-entropy"] = -np.log(o[label])
        found["loss.summed binary cross-entropy"] = -(l * np.log(o) + (1 - l) * np.log(1 - o)).sum()
    return found


@needs_node
def test_every_solution_is_what_the_equations_give(case: tuple[Network, str, list[str]], mnist: Dataset) -> None:
    network, loss, sections = case
    solutions = [one for one in sections if 'class="solution"' in one]
    assert len(solutions) == COUNT
    for n, section in enumerate(solutions):
        found = re.search(r'data-image="test:(\d+)" data-path="([\d ]+)"', section)
        assert found
        assert int(found[1]) == n, "every sheet has another image"
        x, label = mnist.test.images[n].ravel() / 255, int(mnist.test.labels[n])
        expected = work_out(network, loss, x, label, [int(i) for i in found[2].split()])
        solved = re.findall(r'class="solved" data-is="([^"]+)">([^<]+)', section)
        assert len(solved) > 40
        for name, value in solved:
            digits = 6 if name[:2] in {"dW", "db", "W.", "b."} else 4
            assert number(value) == pytest.approx(expected[name], rel=0.006, abs=0.51 * 10**-digits), name


@needs_node
def test_a_pocket_calculator_gets_there(case: tuple[Network, str, list[str]]) -> None:
    """Each row of a sum multiplies what is printed to what is printed."""
    rows = 0
    for section in (one for one in case[2] if 'class="solution"' in one):
        for row in re.findall(r"<tr>.*?</tr>", section, re.DOTALL):
            plain = re.findall(r"<td>(?:<[^>]+>)?([^<]*)", row)
            if len(plain) != 3 or not plain[0]:  # the other tables, and what is given
                continue
            weight, factor, product = map(number, plain)
            assert product == pytest.approx(weight * factor, abs=2e-4 + 1e-4 * (abs(weight) + abs(factor)))
            rows += 1
    assert rows >= COUNT * 12


@needs_node
def test_an_exercise_has_a_blank_for_each_solution_and_none_of_them_filled(
    case: tuple[Network, str, list[str]],
) -> None:
    _, _, sections = case
    for exercise, solution in zip(sections[:COUNT], sections[COUNT:], strict=True):
        blanks = re.findall(r'class="blank" data-is="([^"]+)"></span>', exercise)
        assert blanks == re.findall(r'class="solved" data-is="([^"]+)"', solution)
        assert "solved" not in exercise
