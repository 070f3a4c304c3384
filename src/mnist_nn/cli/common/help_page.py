"""The layout of ``--help``: the usage line, options in groups, and defaults, all in plain text.

Typer's own groups need rich, which takes as long to load as everything else together. They also draw boxes, which break
in a pipe or a narrow terminal.
"""

import textwrap
from collections.abc import Iterable
from typing import Any

from typer.core import TyperArgument, TyperCommand

NETWORK, TRAINING, OPTIMIZER, REGULARIZATION = "Network", "Training", "Optimizer", "Regularization"
DATA, READING, SERVER, LIMITS, OUTPUT = "Data", "Reading", "Server", "Limits", "Output and files"
ORDER = (
    "Arguments", "Options", NETWORK, TRAINING, OPTIMIZER, REGULARIZATION, DATA, READING, SERVER, OUTPUT, LIMITS
)  # fmt: skip
KEEP_LINES = "\b\n"  # by which Typer leaves the lines of a text as they are
NO_BREAK = "\N{NO-BREAK SPACE}"
FIRST_COLUMN = 24  # an option with a longer name has its help on the next line


class Command(TyperCommand):
    """A command whose help is grouped by the ``rich_help_panel`` of its options."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """List what the user must give, in order: arguments, then required options."""
        params = self.get_params(ctx)
        arguments = [_usage_name(param) for param in params if isinstance(param, TyperArgument)]
        required = [_option_name(param) for param in params if param.required and not isinstance(param, TyperArgument)]
        return [*arguments, *required, "[OPTIONS]"]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write a list of options for each group."""
        groups: dict[str, list[tuple[str, str]]] = {name: [] for name in ORDER}
        for param in self.get_params(ctx):
            usual = "Arguments" if isinstance(param, TyperArgument) else "Options"
            groups[getattr(param, "rich_help_panel", None) or usual].append(_describe(param))
        write_groups(formatter, groups.items())


def write_groups(formatter: Any, groups: Iterable[tuple[str, list[tuple[str, str]]]]) -> None:
    """Write groups of names and their meanings, with the same columns in all groups."""
    for heading, rows in groups:
        if rows:
            with formatter.section(heading):
                padded = [(name.ljust(FIRST_COLUMN), _wrap(meaning, formatter)) for name, meaning in rows]
                formatter.write_dl(padded, col_max=FIRST_COLUMN)


def _wrap(meaning: str, formatter: Any) -> str:
    """Break lines between words only, so names with dashes stay whole, and keep a default on one line if it fits."""
    width = formatter.width - FIRST_COLUMN - 4
    text, bracket, default = meaning.partition("[default: ")
    if len(bracket + default) <= width:
        meaning = text + (bracket + default).replace(" ", NO_BREAK)
    return KEEP_LINES + textwrap.fill(meaning, width, break_on_hyphens=False).replace(NO_BREAK, " ")


def _describe(param: Any) -> tuple[str, str]:
    """Return the two columns of an option or an argument."""
    name = _usage_name(param) if isinstance(param, TyperArgument) else _option_name(param)
    default = _default(param)
    return name, (param.help or "") + (f"  [default: {default}]" if default else "")


def _option_name(param: Any) -> str:
    names = ", ".join(sorted(param.opts, key=lambda name: name.startswith("--")))
    return names if param.is_flag else f"{names} {param.metavar}"


def _usage_name(param: Any) -> str:
    name = f"{param.metavar}{'…' * (param.nargs != 1)}"
    return name if param.required else f"[{name}]"


def _default(param: Any) -> str:
    if isinstance(param.show_default, str):
        return param.show_default
    is_shown = param.show_default and param.default is not None and not getattr(param, "is_flag", False)
    return str(param.default) if is_shown else ""
