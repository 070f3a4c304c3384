"""The service of systemd and the container in examples/serve: what they run is run here, and stays up."""

import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE, ended, wait_for

from mnist_nn import Model, Network, save_model

FOLDER = Path(__file__).parents[1] / "examples" / "serve"
UNIT, DOCKERFILE = FOLDER / "mnist-nn.service", FOLDER / "Dockerfile"
INSTALLED = "/opt/mnist-nn/bin/mnist-nn"
EXPOSURE = 20  # of 100, by systemd's own reckoning; a service without any hardening has 96

pytestmark = pytest.mark.slow


def setting(name: str) -> str:
    (found,) = re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    return str(found)


def instruction(name: str) -> list[str]:
    (found,) = re.findall(rf"^{name} (?:.*CMD )?(\[.*\])$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    return [str(word) for word in json.loads(found)]


@contextmanager
def started(command: list[str], folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    """Run a command with a model of this folder on a free port, until it is told to stop as it is described."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    model = save_model(folder / "model.safetensors", Model(Network.create()))
    words = [re.sub(r".*model\.safetensors", str(model), word).replace("8000", str(port)) for word in command]
    errors = folder / "errors"
    with (
        errors.open("wb") as written,
        subprocess.Popen(
            [sys.executable, "-m", "mnist_nn", *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=written
        ) as running,
        ended(running),
    ):
        wait_for(lambda: answer(f"http://127.0.0.1:{port}/v2/health/ready"), errors.read_text)
        yield running, port, errors
    assert running.returncode == 0


def answer(url: str) -> Any:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as found:  # noqa: S310 it begins with http
            return json.loads(found.read())
    except OSError:
        return None


def test_the_command_of_the_service_serves_and_reloads(tmp_path: Path) -> None:
    program, *words = shlex.split(setting("ExecStart"))
    assert program == INSTALLED
    with started(words, tmp_path) as (running, port, errors):
        assert answer(f"http://127.0.0.1:{port}/v2/models/digits")["name"] == "digits"
        signal_name = shlex.split(setting("ExecReload"))[1].removeprefix("-")
        running.send_signal(signal.Signals[f"SIG{signal_name}"])
        wait_for(lambda: "loaded again" in errors.read_text(), errors.read_text)
        assert answer(f"http://127.0.0.1:{port}/v2/health/live") == {"live": True}


def test_the_command_of_the_container_serves_and_is_found_healthy(tmp_path: Path) -> None:
    program, *words = instruction("ENTRYPOINT") + instruction("CMD")
    assert program == "mnist-nn"
    with started(words, tmp_path) as (_, port, _):
        probe = [word.replace("8000", str(port)) for word in instruction("HEALTHCHECK")]
        assert subprocess.run([sys.executable, *probe[1:]], check=False, timeout=PATIENCE).returncode == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_service_is_one_that_systemd_takes_and_is_shut_in(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text(encoding="utf-8").replace(INSTALLED, sys.executable), encoding="utf-8")
    for check in (("verify", "--man=no"), ("security", "--offline=true", f"--threshold={EXPOSURE}")):
        command = ["systemd-analyze", *check, unit]
        outcome = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE)
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        assert unit.name not in outcome.stderr, outcome.stderr
