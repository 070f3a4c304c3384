"""Describes a faulty command line in one line, and points to the help that explains the right one."""

from typing import Any

from typer.exceptions import TyperException

from mnist_nn.errors import quote

WANTED = {
    "int_parsing": "give a whole number",
    "int_from_float": "give a whole number",
    "float_parsing": "give a number",
    "greater_than_equal": "give at least {ge}",
    "less_than_equal": "give at most {le}",
}


def describe(error: TyperException, arguments: list[str]) -> str:
    """Say what is wrong, and which help explains more."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else " ".join(["mnist-nn", *_command(arguments)])
    message = _of_value(error, arguments) or error.format_message().strip()
    return f"{message}{'' if message[-1:] in '.?!' else '.'} For help, run: {command} --help"


def _command(arguments: list[str]) -> list[str]:
    return [name for name in arguments[:1] if not name.startswith("-")]


def _of_value(error: TyperException, arguments: list[str]) -> str:
    """Name the value that an option does not accept; return "" if the error is of another kind."""
    problems: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
    if not problems or problems[0]["type"] not in WANTED:
        return ""
    problem, parameter = problems[0], getattr(error, "param", None)
    name = _as_typed(parameter.opts, arguments) or parameter.get_error_hint().strip("'") if parameter else "a value"
    return f"{name} is {quote(str(problem['input']))}; " + WANTED[problem["type"]].format(**problem.get("ctx", {}))


def _as_typed(names: list[str], arguments: list[str]) -> str:
    """Find which of an option's names the user gave; "" if none of them."""
    given = [argument.partition("=")[0] for argument in arguments]
    return next((name for name in given if name in names), "")
