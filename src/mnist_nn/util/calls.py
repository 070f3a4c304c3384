"""Calls with arguments that a function does not take: the error shows the right call, as for every wrong argument.

`mnist_nn.doors` checks the values of the arguments.
"""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, TypeVar

from mnist_nn.errors import ConfigError

F = TypeVar("F", bound=Callable[..., Any])


def shows_call(call: str) -> Callable[[F], F]:
    """Let a function, or the constructor of a class, raise a ConfigError with the right call for arguments it lacks.

    Examples
    --------
    >>> @shows_call("double(3)")
    ... def double(number):
    ...     return 2 * number
    >>> double(3)
    6
    >>> double(3, value=3)
    Traceback (most recent call last):
    mnist_nn.errors.ConfigError: double() got an unexpected keyword argument 'value'; call double(3)
    """

    def decorate(function: F) -> F:
        if isinstance(function, type):
            function.__init__ = decorate(function.__init__)  # type: ignore[misc]
            return function
        name = function.__qualname__.removesuffix(".__init__")

        @wraps(function)
        def called(*arguments: Any, **named: Any) -> Any:
            try:
                return function(*arguments, **named)
            except TypeError as error:
                if why := _find_fault(function, arguments, named):
                    raise ConfigError(f"{name}() {why}; call {call}") from error
                raise

        return called  # type: ignore[return-value]  # with the signature of the function

    return decorate


def _find_fault(function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> str:
    """Say why a function cannot take these arguments; empty if it can."""
    try:
        signature(function).bind(*arguments, **named)
    except TypeError as error:
        return str(error).replace("missing a required", "lacks a required").replace("too many", "got too many")
    return ""
