"""Runs another program, such as a compiler or a browser, to check an export; if it fails, the file is at fault."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from mnist_nn.errors import ConfigError, ModelFileError, shorten
from mnist_nn.util.io_errors import explain_io_errors

SECONDS = 300  # that a program may take


def call(command: Sequence[str], *, folder: Path | None = None, text: str | None = None) -> str:
    r"""Run a program in a folder with a text on standard input, and return what it prints.

    Raises
    ------
    ModelFileError
        If the program takes too long or fails; the message is the first line that mentions an error.
    ConfigError
        If this machine does not allow the program to run.

    Examples
    --------
    >>> import sys
    >>> call([sys.executable, "-"], text="print(6 * 7)")
    '42\n'
    """
    name = Path(command[0]).name
    remedy = "allow programs to run there, or set TMPDIR to a folder where they may"
    try:
        with explain_io_errors(ConfigError, "run", command[0], remedy):
            done = subprocess.run(  # noqa: S603 found on the path, or made by the compiler
                command, cwd=folder, input=text, capture_output=True, encoding="utf-8", check=False, timeout=SECONDS
            )
    except subprocess.TimeoutExpired as error:
        raise ModelFileError(f"{name} took longer than {SECONDS} s") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        raise ModelFileError(f"{name} failed: {shorten(lines[0]) if lines else f'exit code {done.returncode}'}")
    return done.stdout
