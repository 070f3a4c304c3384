"""A command line that runs in this process, and one that runs as a person's would."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from number_pictures import fill_folder
from patience import ended

from mnist_nn.cli.program import run

SMALL = ("--subset", "600", "--epochs", "2", "--engine", "reference")


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Outcome:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    with ExitStack() as started:

        def start(*arguments: object) -> subprocess.Popen[str]:
            running = subprocess.Popen(
                [sys.executable, "-m", "mnist_nn", *map(str, arguments)],
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
            started.enter_context(ended(running))
            return running

        yield start


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model, trained once for all tests that take copies."""
    path = tmp_path_factory.mktemp("trained") / "mnist-model.safetensors"
    assert run(["train", *SMALL, "--quiet", "--model", str(path)]) == 0
    return path


@pytest.fixture
def model(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(trained, tmp_path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures as people have them: good, blank, of several pages, with strange names, and bad ones."""
    return fill_folder(tmp_path / "pictures")
