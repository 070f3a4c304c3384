"""Typer's completion for zsh, mended: without this the first Tab in every new shell does nothing.

zsh loads an installed script when Tab is first pressed, and takes it for the function that completes. Typer's only
defines that function; the lines added here call it too. Should Typer keep its scripts elsewhere one day, nothing is
added.
"""

from contextlib import suppress
from importlib import import_module

CALLED_AT_ONCE = """
if [[ ${funcstack[1]} = _%(prog_name)s ]]; then
  %(complete_func)s "$@"
fi
"""


def mend() -> None:
    """Add the lines to the script that is shown and installed for zsh."""
    with suppress(ImportError, AttributeError, KeyError):
        scripts = import_module("typer._completion_shared")._completion_scripts  # noqa: SLF001 there is no other way
        if CALLED_AT_ONCE not in scripts["zsh"]:
            scripts["zsh"] += CALLED_AT_ONCE
