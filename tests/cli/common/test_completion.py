"""Completion of commands, options, names and files in bash, zsh and fish, with Tab pressed in the shells themselves."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from patience import PATIENCE, wait_for

from mnist_nn.cli.common import completion, options
from mnist_nn.export import FORMATS
from mnist_nn.nn import config, presets

PROGRAM = Path(sys.executable).with_name("mnist-nn")
ESCAPES = re.compile(r"\x1b\[[0-9;?>=]*[a-zA-Z]|\x1b[=>(]B?|\x1b\][^\a]*\a|\r")

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
needs_program = pytest.mark.skipif(not PROGRAM.exists(), reason="mnist-nn is not installed beside this Python")


def surroundings(home: Path) -> dict[str, str]:
    return {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8"}


def bash(script: str, home: Path) -> str:
    """Run a script in a bash that knows nothing of this machine's user."""
    outcome = subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=surroundings(home),
        cwd=home,
        timeout=PATIENCE,
    )
    return outcome.stdout


def completions(home: Path, *lines: str) -> list[list[str]]:
    """Press tab at the end of each line; the shell asks the program, as it does for a person."""
    source = 'eval "$(_MNIST_NN_COMPLETE=source_bash mnist-nn)"'
    ask = [
        f"COMP_WORDS=({line.removesuffix(' ')}{' ' + chr(39) * 2 if line.endswith(' ') else ''}); "
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _mnist_nn_completion mnist-nn; echo ${COMPREPLY[@]}"
        for line in lines
    ]
    return [line.split() for line in bash("\n".join([source, *ask]), home).splitlines()]


@pytest.mark.slow
@needs_bash
@needs_program
def test_bash_completes_commands_options_and_names(tmp_path: Path) -> None:
    asked = {
        "mnist-nn tr": ["train", "train-reader"],
        "mnist-nn data ": ["info", "verify", "export"],
        "mnist-nn train --log": ["--log-dir"],
        "mnist-nn train --preset s": [name for name in presets.presets() if name.startswith("s")],
        "mnist-nn train --engine ": ["auto", "compiled", "reference"],
        "mnist-nn train --activation relu,t": ["relu,tanh"],
        "mnist-nn check-gradients --loss ": list(config.LOSSES),
        "mnist-nn train --data f": ["fashion-mnist"],
        "mnist-nn evaluate m --split ": ["test", "train"],
        "mnist-nn export m --to ": list(FORMATS),
        "mnist-nn read a.png --checksum l": ["luhn"],
        "mnist-nn data info m": ["mnist"],
        "mnist-nn schema check": ["check-code", "check-gradients"],
        "mnist-nn check-code s.py --loss h": ["half_squared_error"],
        "mnist-nn evaluate mod": [],  # bash then offers the names of files
    }
    assert dict(zip(asked, completions(tmp_path, *asked), strict=True)) == asked


@needs_bash
@needs_program
def test_completion_can_be_shown_and_installed(tmp_path: Path) -> None:
    shown = bash("mnist-nn --show-completion", tmp_path)
    assert "complete -o default -F _mnist_nn_completion mnist-nn" in shown
    assert list(tmp_path.iterdir()) == []
    bash("mnist-nn --install-completion", tmp_path)
    assert ".bash_completions/mnist-nn.sh" in (tmp_path / ".bashrc").read_text()
    assert "_mnist_nn_completion" in bash("source ~/.bashrc; complete -p mnist-nn", tmp_path)


@needs_program
@pytest.mark.parametrize(
    ("shell", "part"), [("zsh", "#compdef mnist-nn"), ("fish", "complete --command mnist-nn"), ("pwsh", "Register-")]
)
def test_other_shells_have_a_script_and_get_answers(tmp_path: Path, shell: str, part: str) -> None:
    def ask(**variables: str) -> str:
        environment = {**os.environ, **variables}
        return subprocess.run(
            [PROGRAM], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path, timeout=PATIENCE
        ).stdout

    assert part in ask(_MNIST_NN_COMPLETE=f"source_{shell}")
    line = {"_TYPER_COMPLETE_ARGS": "mnist-nn train --preset spr", "_TYPER_COMPLETE_WORD_TO_COMPLETE": "spr"}
    found = ask(_MNIST_NN_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_FISH_ACTION="get-args", **line)
    assert re.findall(r"sprint\d+", found) == ["sprint95", "sprint97", "sprint98"]


def test_names_that_are_completed_are_those_there_are() -> None:
    assert tuple(presets.presets()) == options.PRESETS


# zsh and fish, each in a terminal of its own


class Terminal:
    """What was typed into a program, and all that it has written since."""

    def __init__(self, number: int) -> None:
        self.number, self.seen = number, ""

    def type(self, keys: str) -> None:
        self.seen = ""
        os.write(self.number, keys.encode())

    def wait_for(self, *texts: str) -> None:
        written = b""

        def came() -> bool:
            nonlocal written
            if select.select([self.number], [], [], 0.1)[0]:
                written += os.read(self.number, 65536)
                self.seen = ESCAPES.sub("", written.decode(errors="replace"))
            return all(text in self.seen for text in texts)

        wait_for(came, lambda: f"{texts} never came; the shell shows: {self.seen!r}")


@contextmanager
def terminal(shell: str, home: Path) -> Iterator[Terminal]:
    """Run an interactive shell in a new terminal, with what is installed at home."""
    leader, follower = pty.openpty()
    running = subprocess.Popen(
        ["setsid", "--ctty", shell, "-i"],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        cwd=home,
        env=surroundings(home),
    )
    os.close(follower)
    try:
        at = Terminal(leader)
        at.type("echo rea''dy\n")
        at.wait_for("ready")
        yield at
    finally:
        running.kill()
        running.wait(PATIENCE)
        os.close(leader)


TYPED = {
    "rep\t": ["mnist-nn report "],
    "tr\t\t": ["train-reader", "Train a network and save it."],
    "data ver\t": ["data verify "],
    "train --log\t": ["--log-dir "],
    "train --preset spr\t\t": ["sprint95", "sprint97", "sprint98"],
    "train --activation relu,t\t": ["relu,tanh"],
    "export model.safetensors --to h\t": ["--to html "],
    "evaluate mod\t": ["evaluate model.safetensors "],
    "train --log-dir ru\t": ["--log-dir runs/"],
}


@pytest.mark.slow
@needs_program
@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_tab_completes_in_other_shells_from_the_first_time_on(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "model.safetensors").touch()
    (tmp_path / "runs").mkdir()
    subprocess.run(
        [shell, "-c", "mnist-nn --install-completion; true"],
        check=True,
        env=surroundings(tmp_path),
        cwd=tmp_path,
        timeout=PATIENCE,
    )
    with terminal(shell, tmp_path) as at:
        for keys, shown in TYPED.items():
            at.type(f"mnist-nn {keys}")
            at.wait_for(*shown)
            at.type("\x15")  # Ctrl-U: an empty line


def test_zsh_is_mended_once() -> None:
    completion.mend()
    completion.mend()
    command = [sys.executable, "-m", "mnist_nn", "--show-completion", "zsh"]
    undetected = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = subprocess.run(command, env=undetected, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout.count("funcstack") == 1


def test_typers_own_script_still_does_nothing_at_the_first_tab() -> None:
    """When this fails, `mnist_nn.cli.common.completion` has done its work and can go, with a later typer required."""
    code = "from typer._completion_shared import COMPLETION_SCRIPT_ZSH as script; print(script)"
    command = [sys.executable, "-c", code]
    script = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    assert re.search(r"^compdef %\(complete_func\)s %\(prog_name\)s\s*\Z", script, re.MULTILINE), "it only defines"
