"""The command line in a shell: exit codes, colour and bars, how soon help comes, how mistakes are said."""

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE

from mnist_nn import Model, Network, save_model

Cli = Callable[..., Any]
DOCS = Path(__file__).parents[2] / "docs"
PROGRAM = Path(sys.executable).with_name("mnist-nn")
ESCAPE = "\x1b"
SMALL = ("--subset", "600", "--epochs", "2", "--engine", "reference")


# Colour and bars, in a real terminal


def in_terminal(folder: Path, *arguments: str, **variables: str) -> str:
    """Run the program with a terminal for output and errors, and return all that it wrote there."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    leader, follower = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "mnist_nn", *arguments],
        cwd=folder,
        stdout=follower,
        stderr=follower,
        stdin=follower,
        env={"TERM": "xterm-256color", **environment, **variables},
    )
    os.close(follower)
    written = bytearray()
    try:
        while part := os.read(leader, 65536):
            written += part
    except OSError:  # the other end is closed: the program has ended
        pass
    finally:
        os.close(leader)
    assert running.wait(timeout=PATIENCE) in (0, 2)
    return written.decode()


@pytest.fixture
def m(tmp_path: Path) -> str:
    save_model(tmp_path / "m.safetensors", Model(Network.create()))
    return "m.safetensors"


COLOURED = [
    ("train", *SMALL),
    ("evaluate", "m.safetensors", "--engine", "reference"),
    ("check-gradients", "--samples", "1", "--probes", "1"),
    ("data", "info"),
]


@pytest.mark.parametrize("arguments", COLOURED, ids=lambda arguments: arguments[0])
@pytest.mark.usefixtures("m")
def test_a_terminal_gets_bold_and_bars(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert ESCAPE in in_terminal(tmp_path, *arguments)


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        *((arguments, {"NO_COLOR": "1"}) for arguments in (*COLOURED, ("train", "--help"), ("train", "--nonsense"))),
        *((arguments, {"TERM": "dumb"}) for arguments in COLOURED[:2]),
    ],
)
@pytest.mark.usefixtures("m")
def test_a_terminal_that_wants_letters_gets_nothing_else(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    written = in_terminal(tmp_path, *arguments, **variables)
    assert len(written) > 50
    assert ESCAPE not in written
    assert "\r" not in written.replace("\r\n", "\n")
    if arguments[:3] == ("train", *SMALL[:2]):
        assert "epoch 2/2" in written, "a line an epoch in the place of the bar"


def test_reading_many_files_draws_a_bar_in_a_terminal_alone(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / name).write_text("no picture")
    command = ("read", "a.png", "b.png", "c.png", "--csv", "out.csv", "--force")
    assert ESCAPE in in_terminal(tmp_path, *command)
    assert ESCAPE not in in_terminal(tmp_path, *command, NO_COLOR="1")
    assert ESCAPE not in in_terminal(tmp_path, *command, "--quiet")


@pytest.mark.parametrize("forced", [True, False])
def test_a_pipe_gets_colour_only_if_that_is_asked_for(tmp_path: Path, m: str, *, forced: bool) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    command = [sys.executable, "-m", "mnist_nn", "evaluate", m, "--engine", "reference"]
    extra = {"FORCE_COLOR": "1", "TERM": "xterm"} if forced else {}
    outcome = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=True, env={**environment, **extra}, timeout=PATIENCE
    )
    assert (b"\x1b" in outcome.stdout) == forced
    assert outcome.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", ["schema read", "data info", "data info --json"])
def test_a_full_disk_under_standard_output_is_one_line(arguments: str) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "mnist_nn", *arguments.split()]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("mnist-nn: cannot print: No space left")


def test_a_closed_standard_output_is_no_fault() -> None:
    command = f"{sys.executable} -m mnist_nn --version >&-"
    done = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True, check=False, timeout=PATIENCE)  # noqa: S602
    assert (done.returncode, done.stderr) == (0, "")


def test_an_empty_no_color_is_none(tmp_path: Path) -> None:
    assert ESCAPE in in_terminal(tmp_path, "data", "info", NO_COLOR="")


def test_json_has_no_colour_even_where_colour_is_forced(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mnist_nn", "data", "info", "--json"]
    outcome = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=True, env={**os.environ, "FORCE_COLOR": "1"}, timeout=PATIENCE
    )
    assert b"\x1b" not in outcome.stdout


# Exit codes, as docs/cli.md lists them


def code_of(folder: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "mnist_nn", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=PATIENCE).returncode


def test_each_exit_code_by_a_real_run(tmp_path: Path, m: str) -> None:
    listed = re.findall(r"^\| (\d+) \|", (DOCS / "cli.md").read_text(encoding="utf-8"), re.MULTILINE)
    save_model(tmp_path / "other.safetensors", Model(Network.create(seed=1)))
    found = {
        code_of(tmp_path, "export", m, "--to", "npz"): "0",
        code_of(tmp_path, "verify", "other.safetensors", "m.npz"): "1",
        code_of(tmp_path, "evaluate", "missing"): "2",
        interrupted(tmp_path): "130",
    }
    assert found == {int(code): code for code in listed}


def interrupted(folder: Path) -> int:
    command = ["train", "--engine", "reference", "--subset", "6000", "--epochs", "500"]
    running = subprocess.Popen(
        [sys.executable, "-m", "mnist_nn", *command], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr
    running.stderr.readline()
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=PATIENCE)
    return running.returncode


def test_exit_code_0_for_questions(tmp_path: Path) -> None:
    for arguments in ((), ("--help",), ("train", "-h"), ("data",)):
        assert code_of(tmp_path, *arguments) == 0


# Help and mistakes


def test_help_is_there_at_once() -> None:
    """It loads nothing that takes long; how long anything takes depends on what else the machine does."""
    code = "from mnist_nn.cli.program import run; run(['train', '--help']); print(*sys.modules, file=sys.stderr)"
    code = f"import sys; {code}"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    loaded = set(done.stderr.split())
    assert "mnist_nn.cli.train" in loaded
    assert not loaded & {"numpy", "numba", "scipy", "safetensors", "PIL", "rich.progress", "asyncio", "fastapi"}


def test_the_list_of_commands_is_not_cut_short(cli: Cli) -> None:
    for arguments in (("--help",), ("data", "--help")):
        listed = cli(*arguments).out.partition("Commands:\n")[2]
        assert listed
        assert "..." not in listed


def test_usage_names_arguments_plainly(cli: Cli) -> None:
    for command, usage in (
        ("read", "PATH… [OPTIONS]"),
        ("predict", "MODEL IMAGE… [OPTIONS]"),
        ("play", "[MODEL] [OPTIONS]"),
        ("verify", "MODEL EXPORTED [OPTIONS]"),
        ("export", "MODEL --to onnx|html|c|safetensors|npz [OPTIONS]"),
    ):
        assert cli(command, "--help").out.splitlines()[0] == f"Usage: mnist-nn {command} {usage}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trian",), "No such command 'trian'. Did you mean 'train'? See: mnist-nn --help"),
        (("help",), "No such command 'help'. See: mnist-nn --help"),
        (("data", "inof"), "No such command 'inof'. Did you mean 'info'? See: mnist-nn data --help"),
        (("train", "foo"), "Got unexpected extra argument(s) (foo). See: mnist-nn train --help"),
        (("train", "--epoch", "3"), "(Possible options: --epochs, --epsilon). See: mnist-nn train --help"),
        (("train", "--epochs", "three"), "--epochs is 'three'; give a whole number. See: mnist-nn train --help"),
        (("train", "--rate", "fast"), "--rate is 'fast'; give a number. See: mnist-nn train --help"),
        (("check-gradients", "--samples", "0"), "--samples is '0'; give at least 1. See:"),
        (("play", "--port", "70000"), "--port is '70000'; give at most 65535. See: mnist-nn play --help"),
        (("train", "--epochs"), "Option '--epochs' requires an argument. See: mnist-nn train --help"),
        (("evaluate",), "Missing argument 'MODEL'. See: mnist-nn evaluate --help"),
        (("read",), "Missing argument 'PATH'. See: mnist-nn read --help"),
        (("verify", "m"), "Missing argument 'EXPORTED'. See: mnist-nn verify --help"),
    ],
)
def test_a_mistake_is_one_line_that_says_where_to_look(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert said in outcome.err
