"""Programs that checks run: what they print comes back, what goes wrong is said."""

import sys
from pathlib import Path

import pytest

from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.export import runtime
from mnist_nn.export.runtime import call


def test_a_program_that_fails_is_said_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="failed: ValueError: an Error of its own"):
        call([sys.executable, "-c", "raise ValueError('an Error of its own')"], folder=tmp_path)
    with pytest.raises(ModelFileError, match="failed: exit code 3"):
        call([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_program_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "SECONDS", 0.2)
    with pytest.raises(ModelFileError, match=r"took longer than 0\.2 s"):
        call([sys.executable, "-c", "while True: pass"])


def test_a_program_that_may_not_run_is_no_fault_of_the_file(tmp_path: Path) -> None:
    program = tmp_path / "main"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o644)  # as where nothing may be run
    with pytest.raises(ConfigError, match=r"cannot run .*main': Permission denied; allow programs to run there"):
        call([str(program)])
