"""What is wrong with a command line, in one line that says where to look the right one up."""

from typing import Any

from typer.exceptions import TyperException

WANTED = {
    "int_parsing": "give a whole number",
    "int_from_float": "give a whole number",
    "float_parsing": "give a number",
    "greater_than_equal": "give at least {ge}",
    "less_than_equal": "give at most {le}",
}


def describe(error: TyperException, arguments: list[str]) -> str:
    """Say what is wrong, and which help tells more."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else " ".join(["mnist-nn", *_command(arguments)])
    message = _of_value(error) or error.format_message().strip()
    return f"{message}{'' if message[-1:] in '.?!' else '.'} See: {command} --help"


def _command(arguments: list[str]) -> list[str]:
    return [name for name in arguments[:1] if not name.startswith("-")]


def _of_value(error: TyperException) -> str:
    """Name the value that an option cannot take; nothing where that is not what is wrong."""
    problems: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
    if not problems or problems[0]["type"] not in WANTED:
        return ""
    problem, parameter = problems[0], getattr(error, "param", None)
    name = parameter.get_error_hint().strip("'") if parameter else "a value"
    return f"{name} is {str(problem['input'])!r}; " + WANTED[problem["type"]].format(**problem.get("ctx", {}))
