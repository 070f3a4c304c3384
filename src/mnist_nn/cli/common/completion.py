"""A fix for Typer's zsh completion, without which the first Tab in every new shell does nothing.

zsh loads an installed script when Tab is first pressed, and expects the script to do the completion. Typer's script
only defines the completion function; the lines added here also call it. If a later Typer keeps its scripts elsewhere,
nothing is added.
"""

from contextlib import suppress
from importlib import import_module

CALLED_AT_ONCE = """
if [[ ${funcstack[1]} = _%(prog_name)s ]]; then
  %(complete_func)s "$@"
fi
"""


def mend() -> None:
    """Add the missing lines to the zsh script that Typer shows and installs."""
    with suppress(ImportError, AttributeError, KeyError):
        scripts = import_module("typer._completion_shared")._completion_scripts  # noqa: SLF001 there is no other way
        if CALLED_AT_ONCE not in scripts["zsh"]:
            scripts["zsh"] += CALLED_AT_ONCE
