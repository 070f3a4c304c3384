"""``mnist-nn serve`` as a person runs it."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import typer
from patience import PATIENCE, wait_for

from mnist_nn import Network
from mnist_nn.cli.program import app
from mnist_nn.model_file.storage import Model, save
from mnist_nn.server import Limits

Start = Callable[..., subprocess.Popen[str]]


def answered(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 it begins with http
        return json.loads(answer.read())


def end(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return re.findall(r"http://\S+", process.stdout.readline())[0]


def test_it_says_where_it_is_and_serves_the_readers_model_until_ctrl_c(process: Start) -> None:
    running = process("serve", "--port", 0)
    url = address(running)
    assert url.startswith("http://127.0.0.1:")
    outputs = answered(f"{url}/v2/models/digits")["outputs"]
    assert [output["name"] for output in outputs] == ["label", "probabilities", "is_digit", "confidence"]
    code, out, err = end(running, signal.SIGINT)
    assert (code, out) == (130, "")
    assert [json.loads(line)["route"] for line in err.splitlines()] == ["/v2/models/digits"]


def test_a_model_a_name_and_no_log(process: Start, tmp_path: Path) -> None:
    save(tmp_path / "mine.safetensors", Model(Network.create()))
    options = ("--port", 0, "--name", "mine", "--engine", "reference", "--json", "--quiet")
    running = process("serve", "mine.safetensors", *options)
    assert running.stdout
    about = json.loads(running.stdout.readline())
    assert about == {"url": about["url"], "name": "mine", "engine": "reference", "pid": running.pid}
    assert answered(f"{about['url']}/v2/models/mine/ready") == {"name": "mine", "ready": True}
    code, out, err = end(running, signal.SIGTERM)
    assert (code, out) == (0, "")
    (warning,) = map(json.loads, err.splitlines())
    assert "no calibration" in warning["message"]


def test_what_runs_ends_before_it_stops(process: Start) -> None:
    """A request that is half here when the signal comes is answered."""
    running = process("serve", "--port", 0, "--stop-seconds", PATIENCE)
    with begun(running) as client:
        running.send_signal(signal.SIGTERM)
        wait_for(lambda: refuses(client.getpeername()), "it goes on listening")
        assert running.poll() is None
        client.sendall(b"255 0")
        assert client.recv(1000).startswith(b"HTTP/1.1 200 OK")
    ended_well(running)


def test_who_never_ends_a_request_is_not_waited_for(process: Start) -> None:
    running = process("serve", "--port", 0, "--stop-seconds", 0.5)
    with begun(running) as client:
        running.send_signal(signal.SIGTERM)
        assert client.recv(1000).startswith(b"HTTP/1.1 503 ")
    ended_well(running)


@contextmanager
def begun(running: subprocess.Popen[str]) -> Iterator[socket.socket]:
    """A connection whose request is half here, and worked on."""
    host, port = address(running).removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), PATIENCE) as client:
        client.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\nP2 1 1 ")
        assert answered(f"http://{host}:{port}/v2/health/ready")["ready"]  # so that it is being worked on
        yield client


def refuses(at: tuple[str, int]) -> bool:
    try:
        socket.create_connection(at, PATIENCE).close()
    except ConnectionRefusedError:
        return True
    return False


def ended_well(running: subprocess.Popen[str]) -> None:
    _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert "Traceback" not in err


def test_a_port_in_use_is_one_line(cli: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outcome = cli("serve", "--port", taken.getsockname()[1])
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--port" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("missing.safetensors",), "missing.safetensors"),
        (("--row-limit", "0"), "row_limit is 0"),
        (("--body-seconds", "nan"), "body_seconds is nan"),
        (("--name", "two words"), "two words"),
        (("--host", "no.such.host.invalid"), "no.such.host.invalid"),
        (("--port", "65536"), "65536"),
        (("--allow-host", "digits.example:8000"), "'digits.example:8000' is not a host"),
    ],
)
def test_options_that_cannot_be_are_one_line(cli: Callable[..., Any], arguments: tuple[str, ...], says: str) -> None:
    outcome = cli("serve", *arguments)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert says in outcome.err


def test_without_the_extra_it_says_what_to_install(cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("mnist_nn.server.", "fastapi"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    outcome = cli("serve", "--port", "0")
    assert outcome.code == 2
    assert "pip install 'mnist-nn[serve]'" in outcome.err


def test_the_help_states_the_limits_there_are() -> None:
    stated = {option.name: option.show_default for option in typer.main.get_command(app).commands["serve"].params}
    for name, default in asdict(Limits()).items():
        sizes = (("MiB", 2**20), ("KiB", 2**10), ("million", 10**6))
        written = {f"{default:g}", *(f"{default // size} {unit}" for unit, size in sizes if default % size == 0)}
        assert stated[name] in written, (name, default, stated[name])
