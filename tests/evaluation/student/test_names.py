"""Names from public programs are understood, whatever their style."""

import pytest

from mnist_nn.evaluation.student.names import is_gradient, meanings, parameters, parse, plain


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("W1", ("W", 1)), ("weights_ih", ("W", 1)), ("self.who", ("W", 2)), ("W_ho", ("W", 2)), ("theta2", ("W", 2)),
        ("bias_o", ("b", 2)), ("hiddenBias", ("b", 1)), ("dZ2", ("delta", 2)), ("grad_w1", ("dW", 1)),
        ("nabla_b2", ("db", 2)), ("a1", ("a", 1)), ("z_h", ("z", 1)),
        ("hidden", ("a", 1)), ("W3", None), ("spam", None),
    ],
)  # fmt: skip
def test_a_name_with_a_layer(name: str, expected: tuple[str, int] | None) -> None:
    assert parse(name, 2) == expected


def test_counting_from_zero() -> None:
    assert parse("W0", 2, first=0) == ("W", 1)
    assert parse("b1", 2, first=0) == ("b", 2)
    assert parse("a1", 2, first=0) == ("a", 1)


@pytest.mark.parametrize(
    ("name", "meaning"), [("lr", "eta"), ("y_train", "l"), ("Xb", "x"), ("parameters", "params"), ("verbose", "quiet")]
)
def test_a_name_without_a_layer(name: str, meaning: str) -> None:
    assert meaning in meanings(name)


def test_gradients_and_what_optimizers_keep_are_no_parameters() -> None:
    assert [is_gradient(name) for name in ("dW1", "velocity_w", "m_dw1", "W1", "vb", "layer.dbias")] == [True] * 3 + [
        False
    ] * 2 + [True]


def test_parameters_of_methods_leave_out_the_object() -> None:
    class Net:
        def train(self, x: object, *rest: object, lr: float = 0.1) -> None:
            pass

    assert [p.name for p in parameters(Net().train)] == ["x", "lr"]
    assert plain("self._W_1") == "w1"
