"""Every known fault changes numbers, and no two are the same unless their words say so."""

import pytest

from mnist_nn.evaluation.student.evidence import numbers_with
from mnist_nn.evaluation.student.faults import combine, known_faults, right_equation
from mnist_nn.evaluation.student.quantities import Quantity, draw_case, right_numbers
from mnist_nn.evaluation.student.report import FAULT_NAMES
from mnist_nn.nn.config import NetworkConfig

CASES = [
    ("sigmoid", "classic_mse", "sigmoid"), ("tanh", "mse", "sigmoid"), ("relu", "cross_entropy", "softmax"),
    ("leaky_relu", "mse", "softmax"),
]  # fmt: skip


@pytest.mark.parametrize(("activation", "loss", "output"), CASES)
def test_each_changes_a_number_and_has_a_name(activation: str, loss: str, output: str) -> None:
    case = draw_case(NetworkConfig(inputs=8, hidden=(6,), outputs=5, activation=activation, output=output), loss, 4, 0)
    right = right_numbers(case)
    faults = known_faults(case)
    assert {fault.name for fault in faults} <= FAULT_NAMES - {"zero_weights"}
    for fault in faults:
        given = numbers_with(case, (fault,))
        assert given is not None, fault
        changed = [q for q in right if given[q].shape != right[q].shape or abs(given[q] - right[q]).max() > 1e-9]
        assert changed, (fault.name, fault.equation)
        assert fault.equation != right_equation(case, fault.quantity)
        assert fault.cause


def test_the_faults_of_the_race_have_its_names() -> None:
    case = draw_case(NetworkConfig(inputs=8, hidden=(6,), outputs=5, output="softmax"), "cross_entropy", 4, 0)
    assert {"no_derivative", "summed", "double_softmax"} <= {fault.name for fault in known_faults(case)}


def test_two_faults_of_one_step_add_up() -> None:
    case = draw_case(NetworkConfig(inputs=8, hidden=(6,), outputs=5), "mse", 4, 0)
    faults = {(fault.name, fault.equation): fault for fault in known_faults(case)}
    sign = next(fault for (name, _), fault in faults.items() if name == "wrong_sign" and fault.quantity.kind == "delta")
    summed = next(fault for (name, _), fault in faults.items() if name == "summed" and fault.quantity.kind == "delta")
    given, right = numbers_with(case, (sign, summed)), right_numbers(case)
    assert given
    assert abs(given[Quantity("delta", 2)] + 5 * right[Quantity("delta", 2)]).max() < 1e-12
    assert combine([]).raw is False


def test_a_transposed_product_is_known_only_where_it_can_run() -> None:
    square = draw_case(NetworkConfig(inputs=5, hidden=(5,), outputs=5), "classic_mse", 4, 0)
    kinds = {fault.quantity.kind for fault in known_faults(square) if fault.name == "transposed_product"}
    assert kinds == {"z", "delta", "dW"}
