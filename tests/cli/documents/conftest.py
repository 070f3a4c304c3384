import json
import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from patience import PATIENCE

Begin = Callable[..., Any]


@pytest.fixture
def begin(process: Callable[..., subprocess.Popen[str]]) -> Begin:
    """Start what serves until it is stopped, take its document, do something with its address, and stop it."""

    def start(*arguments: str, then: Callable[[str], Any] = len) -> Any:
        running = process(*arguments, "--json")
        assert running.stdout
        assert running.stderr
        text = ""
        while not text.rstrip().endswith("}"):
            line = running.stdout.readline()
            assert line, running.stderr.read()
            text += line
        then(json.loads(text)["url"])
        running.send_signal(signal.SIGINT)
        assert running.stdout.read() == "", "one document and nothing after it"
        assert running.wait(timeout=PATIENCE) == 130
        return json.loads(text)

    return start
