"""Programs as students write them: the wrong ones are named rightly, the right ones pass."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.student.check import check_equation, check_student, check_update
from mnist_nn.evaluation.student.report import FAULT_NAMES
from mnist_nn.nn.activations import sigmoid
from mnist_nn.nn.own import add_activation, add_loss, forget

PROGRAMS = Path(__file__).parents[2] / "shared" / "student_programs"
SOFTMAX = {"output": "softmax", "loss": "cross_entropy"}
RELU = {"activation": "relu", **SOFTMAX}
TANH = {"activation": "tanh"}
MSE = {"loss": "mse"}

RIGHT: dict[str, dict[str, Any]] = {
    "adds_target_minus_output": {},
    "functions_flat_vectors": {},
    "layers_objects": {**TANH, **SOFTMAX},
    "logits_and_loss": {"activation": "leaky_relu", **SOFTMAX},
    "mean_squared_error_rows": MSE,
    "ng_dictionaries": TANH,
    "nielsen_class": {"loss": "half_squared_error"},
    "plain_python_loops": {},
    "rows_softmax_class": RELU,
    "sum_over_samples_then_divide": {},
    "two_hidden_layers": {"layers": (12, 7, 6, 10)},
}
Named = tuple[tuple[str, str], ...]
WRONG: dict[str, tuple[dict[str, Any], Named]] = {
    "biases_never_updated": ({}, (("no_bias_update", "∂L/∂b_ho"),)),
    "derivative_given_z": ({}, (("derivative_at_z", "δ_h"),)),
    "derivative_of_activation": ({}, (("derivative_of_activation", "δ_h"),)),
    "double_softmax_forward": (SOFTMAX, (("double_softmax", "o"),)),
    "double_softmax_loss": (RELU, (("double_softmax", "δ_o"),)),
    "equal_weights_functions": (TANH, (("zero_weights", "W_ih"),)),
    "extra_derivative_cross_entropy": ({}, (("extra_derivative", "δ_o"),)),
    "hidden_activation_left_out": (RELU, (("no_activation", "h"),)),
    "minus_missing_in_sigmoid": ({}, (("wrong_sign", "h"),)),
    "mse_factor_missing": (MSE, (("summed", "δ_o"),)),
    "mse_half_gradient": (MSE, (("wrong_factor", "δ_o"),)),
    "no_bias_in_forward": ({}, (("no_bias", "z_h"),)),
    "no_derivative_columns": ({}, (("no_derivative", "δ_h"),)),
    "no_derivative_tanh_class": ({**TANH, **SOFTMAX}, (("no_derivative", "δ_h"),)),
    "no_learning_rate_for_biases": ({}, (("no_learning_rate", "b_ho"),)),
    "no_output_derivative_mse": (MSE, (("wrong_factor", "δ_o"), ("no_output_derivative", "δ_o"))),
    "one_bias_number_for_all": (RELU, (("sum_over_units", "∂L/∂b_ho"),)),
    "only_the_last_sample": (TANH, (("last_sample", "∂L/∂W_ho"),)),
    "pixels_scaled_twice": ({}, (("scaled_twice", "z_h"),)),
    "pre_activation_in_gradient": (RELU, (("wrong_input", "∂L/∂W_ho"),)),
    "raw_error_goes_back": (
        {"loss": "half_squared_error", "biases": False, "samples": "one"},
        (("raw_error", "δ_h"),),
    ),
    "softmax_over_samples": (RELU, (("softmax_axis", "o"),)),
    "summed_batch_rows": ({}, (("summed", "∂L/∂W_ho"),)),
    "summed_biases_only": (RELU, (("summed", "∂L/∂b_ho"),)),
    "transposed_gradient": ({}, (("transposed_product", "∂L/∂W_ho"),)),
    "transposed_way_back_square": ({}, (("transposed_product", "δ_h"),)),
    "two_derivative_and_summed": ({}, (("derivative_of_activation", "δ_h"), ("summed", "∂L/∂W_ho"))),
    "two_double_softmax_and_sum": (SOFTMAX, (("double_softmax", "δ_o"), ("summed", "∂L/∂W_ho"))),
    "two_no_bias_and_factor": ({**TANH, **MSE}, (("no_bias", "z_h"), ("wrong_factor", "δ_o"))),
    "two_sign_and_no_derivative": ({}, (("wrong_sign", "δ_o"), ("no_derivative", "δ_h"))),
    "two_summed_and_no_bias_update": (RELU, (("summed", "∂L/∂W_ho"), ("no_bias_update", "∂L/∂b_ho"))),
    "two_zero_weights_and_sign": ({}, (("zero_weights", "W_ih"), ("wrong_sign", "δ_o"))),
    "updated_weights_go_back": ({}, (("updated_weights", "δ_h"),)),
    "wrong_sign_error": ({}, (("wrong_sign", "δ_o"),)),
    "wrong_sign_hidden_update": ({}, (("wrong_sign", "δ_h"),)),
    "zero_weights_class": ({}, (("zero_weights", "W_ih"),)),
}

LATER: dict[str, tuple[dict[str, Any], Named]] = {
    "functional_namedtuple": ({}, (("wrong_factor", "δ_o"),)),
    "mnist_sizes_in_the_code": (RELU, (("no_derivative", "δ_h"),)),
    "online_training_loop": ({}, (("no_bias", "z_h"), ("wrong_sign", "δ_h"))),
    "trask_style": ({"loss": "half_squared_error"}, (("raw_error", "δ_h"), ("summed", "∂L/∂W_ho"))),
}
"""Programs written after the checker; the first and the last were named at once, the others when it had been mended."""


@pytest.mark.parametrize("name", LATER)
def test_a_program_written_later_is_named(name: str) -> None:
    settings, named = LATER[name]
    report = check_student(PROGRAMS / "later" / f"{name}.py", **settings)
    assert tuple((finding.fault, finding.symbol) for finding in report.findings) == named, str(report)


def test_neurons_with_weights_of_their_own_are_not_understood() -> None:
    with pytest.raises(ConfigError, match="has no function such as backward"):
        check_student(PROGRAMS / "later" / "list_of_neurons.py")


def test_every_program_is_tried() -> None:
    assert {path.stem for path in (PROGRAMS / "right").glob("*.py")} == set(RIGHT)
    assert {path.stem for path in (PROGRAMS / "wrong").glob("*.py")} == set(WRONG)
    assert len(RIGHT) >= 10
    assert len(WRONG) >= 30


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_program_passes(name: str) -> None:
    report = check_student(PROGRAMS / "right" / f"{name}.py", **RIGHT[name])
    assert report.passed, str(report)
    assert report.agree
    assert not report.findings


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_program_is_named(name: str) -> None:
    settings, named = WRONG[name]
    report = check_student(PROGRAMS / "wrong" / f"{name}.py", **settings)
    assert not report.passed
    assert tuple((finding.fault, finding.symbol) for finding in report.findings) == named, str(report)
    assert set(report.faults) <= FAULT_NAMES
    for finding in report.findings:
        assert finding.yours != finding.right
    if report.difference:
        assert f"yours {report.difference.yours:.6g}, right {report.difference.right:.6g}" in str(report)


def test_a_fault_that_nobody_knows_is_only_located() -> None:
    def forward(x: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        h = 1 / (1 + np.exp(-(x @ W1 + b1)))
        return h, 1 / (1 + np.exp(-(h @ W2 + b2)))

    def backward(x: Any, y: Any, h: Any, o: Any, W2: Any) -> Any:
        d = np.cos(o - y) / len(x)
        e = d @ W2.T * h * (1 - h)
        return x.T @ e, e.sum(0), h.T @ d, d.sum(0)

    report = check_student(forward, backward)
    assert not report.passed
    assert not report.findings
    assert report.difference
    assert report.agree == ("h", "o")
    assert report.where.startswith("∂L/∂W_ho[")
    assert "No known fault" in str(report)


def test_a_program_that_stops_shows_its_error() -> None:
    def step(x: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:  # noqa: ARG001
        raise RuntimeError("not written yet")

    report = check_student(step)
    assert not report.passed
    assert "RuntimeError: not written yet" in str(report)


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        (None, "The code returns nothing, and changes no weights."),
        ("done", "The code returns 'done', which is not an activation, error, gradient or weight for 4 samples and la"),
        (np.zeros((5, 3)), "The code returns an array of shape (5, 3), which is not"),
        ((3.5, np.zeros(2)), "The code returns a number and an array of shape (2,), which is not"),
    ],
)  # fmt: skip
def test_what_a_program_returns_is_said_where_it_means_nothing(result: Any, shown: str) -> None:
    def step(x: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:  # noqa: ARG001
        return result

    report = check_student(step)
    assert not report.passed
    assert str(report).startswith(shown)


def test_a_program_that_exits_or_asks_stops() -> None:
    for stop, shown in (
        (lambda: sys.exit(3), "SystemExit: 3"),
        (input, "it asks for input, which nobody can give here"),
    ):

        def step(x: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:  # noqa: ARG001
            stop()  # noqa: B023

        assert str(check_student(step)) == f"The code stops: {shown}"


def test_a_forward_pass_alone_is_said_to_be_one() -> None:
    class Net:
        def __init__(self) -> None:
            rng = np.random.default_rng(0)
            self.w1, self.w2 = rng.normal(size=(9, 5)), rng.normal(size=(5, 3))

        def predict(self, x: Any) -> Any:
            return sigmoid(sigmoid(x @ self.w1) @ self.w2)

    report = check_student(Net(), biases=False)
    assert (report.passed, report.agree) == (False, ("o",))
    assert "The code shows nothing of the backward pass" in str(report)


def test_the_right_numbers_of_another_setting_are_pointed_out() -> None:
    report = check_student(PROGRAMS / "right" / "ng_dictionaries.py")
    assert not report.passed
    assert "activation='tanh', output='sigmoid', loss='classic_mse'" in str(report) or report.faults == (
        "other_activation",
    )


def test_an_object_is_tried_in_its_own_sizes_and_left_as_it_is() -> None:
    class Net:
        def __init__(self) -> None:
            rng = np.random.default_rng(0)
            self.w1, self.b1 = rng.normal(size=(9, 5)), np.zeros(5)
            self.w2, self.b2 = rng.normal(size=(5, 3)), np.zeros(3)

        def train(self, x: Any, y: Any, lr: float = 0.1) -> None:
            h = np.tanh(x @ self.w1 + self.b1)
            o = 1 / (1 + np.exp(-(h @ self.w2 + self.b2)))
            d = (o - y) / len(x)
            e = d @ self.w2.T
            self.w2 -= lr * h.T @ d
            self.b2 -= lr * d.sum(0)
            self.w1 -= lr * x.T @ e
            self.b1 -= lr * e.sum(0)

    net = Net()
    before = net.w1.copy()
    assert check_student(net, activation="tanh").faults == ("no_derivative",)
    assert (net.w1 == before).all()


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_before_and_after_are_enough(dtype: str, transposed: bool) -> None:
    rng = np.random.default_rng(3)
    W1, b1, W2, b2 = rng.normal(size=(6, 8)), rng.normal(size=6), rng.normal(size=(3, 6)), rng.normal(size=3)
    x, labels = rng.random((5, 8)), np.array([0, 1, 2, 1, 0])
    h = 1 / (1 + np.exp(-(x @ W1.T + b1)))
    o = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    d = (o - np.eye(3)[labels]) / 5
    for fault, e in (("right", d @ W2 * h * (1 - h)), ("no_derivative", d @ W2)):
        after = [W1 - 0.5 * e.T @ x, b1 - 0.5 * e.sum(0), W2 - 0.5 * d.T @ h, b2 - 0.5 * d.sum(0)]
        given = [
            [p.T.astype(dtype) if transposed else p.astype(dtype) for p in arrays]
            for arrays in ([W1, b1, W2, b2], after)
        ]
        report = check_update(*given, x, labels, 0.5)
        assert report.passed == (fault == "right")
        assert report.faults == (() if fault == "right" else (fault,))


def test_weights_of_zero_before_are_pointed_out() -> None:
    before = [np.zeros((4, 6)), np.zeros(4), np.zeros((3, 4)), np.zeros(3)]
    o = np.full(3, 0.5) - np.eye(3)[1]
    after = [before[0], before[1], -0.1 * np.outer(o, np.full(4, 0.5)), -0.1 * o]
    assert check_update(before, after, np.ones(6), [1], 0.1).faults == ("zero_weights",)


@pytest.mark.parametrize(
    ("before", "message"),
    [
        ([np.zeros((4, 7)), np.zeros(4), np.zeros((3, 4)), np.zeros(3)], "do not fit samples of 6 inputs"),
        ([np.zeros(4)], "give the same arrays"),
        ([np.zeros((4, 6)), np.zeros(5), np.zeros((3, 4)), np.zeros(3)], "one for each unit"),
    ],
)
def test_arrays_that_are_no_network(before: list[Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        check_update(before, before, np.ones(6), [1], 0.1)


@pytest.mark.parametrize(
    ("name", "right", "wrong", "fault"),
    [
        ("output_delta", lambda o, l: o - l, lambda o, l: (o - l) * o * (1 - o), "extra_derivative"),
        ("hidden_delta", lambda W_ho, delta_o, h: delta_o @ W_ho * h * (1 - h), lambda W_ho, delta_o: delta_o @ W_ho,
         "no_derivative"),
        ("update", lambda W1, dW1, b1, db1, eta: (W1 - eta * dW1, b1 - eta * db1),
         lambda W1, dW1, b1, db1, eta: (W1 + eta * dW1, b1 + eta * db1), "wrong_sign"),
        ("forward", lambda x, W1, b1, W2, b2: sigmoid(sigmoid(x @ W1.T + b1) @ W2.T + b2),
         lambda x, W1, b1, W2: sigmoid(sigmoid(x @ W1.T + b1) @ W2.T), "no_bias"),
    ],
)  # fmt: skip
def test_one_equation_alone(name: str, right: Any, wrong: Any, fault: str) -> None:
    assert check_equation(name, right).passed
    assert fault in check_equation(name, wrong).faults


@pytest.mark.parametrize(
    ("loss", "passed"), [(lambda o, l: ((o - l) ** 2).mean(), True), (lambda o, l: ((o - l) ** 2).sum(axis=1), False)]
)
def test_the_loss_alone(loss: Any, passed: bool) -> None:
    report = check_equation("loss", loss)
    assert report.passed == passed
    assert ("summed" in report.faults) != passed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "hinge"}, "unknown loss 'hinge'"),
        ({"loss": "classic_mse", "output": "softmax"}, "there is no loss 'classic_mse' for 'softmax' outputs"),
        ({"samples": "all"}, "unknown samples 'all'"),
        ({"activation": "sigmod"}, "Did you mean sigmoid"),
        ({"layers": (12, 7.5, 10)}, "a width in layers is 7.5; give a whole number"),
        ({"layers": (12,)}, "give the widths from the inputs to the outputs"),
    ],
)
def test_settings_that_do_not_exist(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_student(lambda x, y, W1, W2: None, **arguments)  # noqa: ARG005


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones(6), [7], 0.1), r"the labels have shape \(1,\); give 1 whole numbers from 0 to 2, or one-hot rows"),
        ((np.ones(6), [[0, 1]], 0.1), "the labels have shape"),
        ((np.ones(6), ["two"], 0.1), "the labels are a list, not an array of numbers"),
        (("six", [1], 0.1), "the samples are 'six', not an array of numbers"),
        ((np.ones(6), [1], "fast"), "learning_rate is 'fast'; give a number above 0"),
    ],
)
def test_samples_and_labels_that_do_not_fit(arguments: Any, message: str) -> None:
    before = [np.zeros((4, 6)), np.zeros(4), np.zeros((3, 4)), np.zeros(3)]
    with pytest.raises((ConfigError, DataError), match=message):
        check_update(before, before, *arguments)


def test_a_step_that_is_no_function() -> None:
    with pytest.raises(ConfigError, match="forward is 3, not a function; give a function written in Python"):
        check_equation("forward", 3)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="forward is the class dict, not a function"):
        check_equation("forward", dict)
    shown = str(check_equation("output_delta", lambda o, l: (o - l).sum()))
    assert shown.startswith("The code returns a number, which is not what the equation computes for 4 samples")


def test_a_fault_beside_an_added_activation_is_named() -> None:
    def forward(x: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        h = np.log1p(np.exp(x @ W1 + b1))
        return h, 1 / (1 + np.exp(-(h @ W2 + b2)))

    def backward(x: Any, y: Any, h: Any, o: Any, W2: Any) -> Any:
        delta_o = (o - y) / len(x)
        delta_h = delta_o @ W2.T
        return x.T @ delta_h, delta_h.sum(axis=0), h.T @ delta_o, delta_o.sum(axis=0)

    add_activation("softplus", lambda z: np.log1p(np.exp(z)), lambda z: 1 / (1 + np.exp(-z)))
    try:
        finding = check_student(forward, backward, activation="softplus").findings[0]
    finally:
        forget()
    assert (finding.fault, finding.right) == ("no_derivative", "δ_h = (W_hoᵀ δ_o) ⊙ softplus'(z_h)")


def test_an_added_loss_is_refused() -> None:
    add_loss("absolute", lambda o, l: abs(o - l).sum(axis=1), lambda o, l: np.sign(o - l))
    try:
        with pytest.raises(ConfigError, match="unknown loss 'absolute'"):
            check_student(PROGRAMS / "right" / f"{min(RIGHT)}.py", loss="absolute")
    finally:
        forget()
