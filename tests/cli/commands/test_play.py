"""``mnist-nn play`` as a person runs it."""

import json
import re
import signal
import subprocess
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE

from mnist_nn import Network
from mnist_nn.model_file import recording
from mnist_nn.model_file.storage import Model, save
from mnist_nn.playground.server import Server


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return re.findall(r"http://\S+", process.stdout.readline())[0]


def stop(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    return process.returncode, err


def manifest(url: str) -> Any:
    with urllib.request.urlopen(f"{url}data/manifest.json", timeout=PATIENCE) as answer:  # noqa: S310 it begins with http
        return json.loads(answer.read())


def test_it_serves_until_ctrl_c(process: Callable[..., subprocess.Popen[str]]) -> None:
    running = process("play", "--no-open")
    url = address(running)
    assert url.startswith("http://127.0.0.1:")
    assert manifest(url)["rooms"]["draw"] == "reader"
    assert stop(running) == (130, "")


def test_a_model_that_lies_here_comes_first(process: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    save(tmp_path / "mnist-model.safetensors", Model(Network.create()))
    running = process("play", "--no-open")
    assert manifest(address(running))["rooms"]["draw"] == "given"
    assert running.stdout
    assert "The model at the start is mnist-model.safetensors" in running.stdout.readline()
    assert stop(running)[0] == 130


def test_recordings_are_shown_in_the_time_machine(
    cli: Callable[..., Any], process: Callable[..., subprocess.Popen[str]]
) -> None:
    settings = ("--subset", "200", "--epochs", "2", "--engine", "reference", "--quiet", "--model", "m")
    assert cli("train", *settings, "--record", "film.safetensors").code == 0
    running = process("play", "--no-open", "--record", "film.safetensors")
    url = address(running)
    assert running.stdout
    assert "time machine shows film.safetensors" in running.stdout.readline()
    [run] = manifest(url)["runs"]
    assert run["name"] == "film"
    with urllib.request.urlopen(url + run["url"], timeout=PATIENCE) as answer:  # noqa: S310 it begins with http
        assert [moment.epoch for moment in recording.from_bytes(answer.read()).moments] == [0, 1, 2]
    assert stop(running)[0] == 130


def test_it_opens_the_browser(cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or False)
    monkeypatch.setattr(Server, "serve_forever", interrupted)
    result = cli("play")
    assert result.code == 130
    assert f"at {opened[0]} " in result.out
    assert "open the address yourself" in result.out


def interrupted(_server: Server) -> None:
    raise KeyboardInterrupt


def test_export_says_what_to_do_next(cli: Callable[..., Any], tmp_path: Path) -> None:
    result = cli("play", "--export", "site")
    assert result.code == 0
    assert "python -m http.server" in result.out
    assert (tmp_path / "site" / "index.html").is_file()
    again = cli("play", "--export", "site")
    assert again.code == 2
    assert "--force" in again.err
    assert cli("play", "--export", "site", "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.safetensors"], "nowhere.safetensors"),
        (["--record", "no-film.safetensors"], "no-film.safetensors"),
        (["--port", "70000"], "--port"),
        (["--host", "no.such.host.invalid", "--no-open"], "no.such.host.invalid"),
        (["--force"], "--force has no effect without --export DIR"),
        (["--export", "site", "--no-open"], "--host, --port, --allow-host and --no-open have no effect with --export"),
        (["--export", "site", "--port", "8000"], "have no effect with --export"),
        (["--export", "site", "--allow-host", "a"], "have no effect with --export"),
        (["--no-open", "--allow-host", "http://a"], "'http://a' is not a host"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(cli: Callable[..., Any], arguments: list[str], words: str) -> None:
    result = cli("play", *arguments)
    assert result.code == 2
    assert words in result.err
    assert result.err.count("\n") == 1
