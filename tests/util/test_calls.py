"""Arguments that a function does not take: one error with the right call; whatever else goes wrong stays as it is."""

from typing import Any

import pytest

from mnist_nn.errors import ConfigError
from mnist_nn.util.calls import shows_call


@shows_call("add(1, 2)")
def add(a: int, b: int = 0) -> int:
    """Add two numbers."""
    return a + b


@shows_call("Pair(1)")
class Pair:
    """One number."""

    def __init__(self, one: int) -> None:
        self.one = one


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (add, r"^add\(\) lacks a required argument: 'a'; call add\(1, 2\)$"),  # type: ignore[call-arg]
        (lambda: add(1, 2, 3), r"^add\(\) got too many positional arguments; call add"),  # type: ignore[call-arg]
        (lambda: add(1, c=2), r"^add\(\) got an unexpected keyword argument 'c'; call add"),  # type: ignore[call-arg]
        (lambda: Pair(two=2), r"^Pair\(\) lacks a required argument: 'one'; call Pair\(1\)"),  # type: ignore[call-arg]
    ],
)
def test_the_right_call_is_shown(call: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        call()


def test_what_goes_right_or_wrong_inside_stays() -> None:
    assert (add(1), add(1, b=2), Pair(3).one) == (1, 3, 3)
    assert add.__doc__ == "Add two numbers."
    with pytest.raises(TypeError, match="unsupported operand"):
        add(1, "x")  # type: ignore[arg-type]
