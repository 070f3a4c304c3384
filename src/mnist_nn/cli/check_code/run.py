"""Runs the check of one file in a process of its own, so that code which exits or never ends stops only that.

It is no sandbox: the code has all rights of the user.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def run(file: Path, settings: Mapping[str, Any], seconds: float) -> Answer:
    """Check one file; what is wrong with the file, or with its process, is the answer's ``error``.

    Parameters
    ----------
    file
        The file.
    settings
        Keyword arguments of `check_student`, as plain JSON values.
    seconds
        After which the process is ended.
    """
    request = json.dumps({"file": str(file), "settings": dict(settings)})
    command = [sys.executable, "-m", "mnist_nn.cli.check_code.worker", request]
    environment = {"MPLBACKEND": "Agg", **os.environ}  # a plot must not wait for somebody to close its window
    try:
        done = subprocess.run(  # noqa: S603 this very program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return _fail(file, f"{file} did not finish within {seconds:g} seconds; look for an endless loop, or give more "
                           "with --time-limit")  # fmt: skip
    try:
        answer: Answer = json.loads(done.stdout)
    except ValueError:
        return _fail(file, f"{file} ended the process in which it ran (exit code {done.returncode}); look for os._exit")
    return answer


def _fail(file: Path, error: str) -> Answer:
    return {"file": str(file), "error": error}
