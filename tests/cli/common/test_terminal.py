"""Colour, bold and bars, in a real terminal and where only letters are wanted."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE
from PIL import Image

from mnist_nn import Model, Network, load_data, save_model
from mnist_nn.cli.common.terminal import printable
from mnist_nn.cli.program import run
from mnist_nn.data import export

ESCAPE = "\x1b"
SMALL = ("--subset", "600", "--epochs", "2", "--engine", "reference")


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


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_an_empty_no_color_is_none(tmp_path: Path) -> None:
    assert ESCAPE in in_terminal(tmp_path, "data", "info", NO_COLOR="")


def test_json_has_no_colour_even_where_colour_is_forced(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mnist_nn", "data", "info", "--json"]
    outcome = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=True, env={**os.environ, "FORCE_COLOR": "1"}, timeout=PATIENCE
    )
    assert b"\x1b" not in outcome.stdout


# Text from outside

EVIL = "a\x1b[2J\x07\x9b1m\r\u202e"


def test_what_a_terminal_obeys_is_written_out() -> None:
    assert printable(EVIL) == r"a\x1b[2J\x07\x9b1m\r\u202e"
    assert printable("täglich 94.57 % ×\n") == "täglich 94.57 % ×\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate", "m.safetensors"),
        ("evaluate", "m.safetensors", "--data", "mnist", "--engine", "reference"),
        ("predict", "m.safetensors", f"{EVIL}.png", "digit.png"),
        ("read", f"{EVIL}.png", "digit.png"),
        ("data", "info", "here"),
        ("export", "m.safetensors", "--to", "npz", "--output", f"{EVIL}.npz"),
        ("evaluate", f"{EVIL}.safetensors"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]).encode("unicode_escape").decode(),
)
def test_names_of_files_and_in_models_reach_no_terminal_raw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    save_model("m.safetensors", Model(Network.create(), data={"name": EVIL, "sha256": "0"}))
    for name in (f"{EVIL}.png", "digit.png"):
        Image.fromarray(load_data("mnist").test.images[0]).save(name)
    if arguments[0] == "data":
        export(load_data("mnist"), EVIL)
        arguments = (*arguments[:2], EVIL)
    run(list(arguments))
    written = "".join(capsys.readouterr())
    assert r"\x1b[2J" in written
    assert not set("\x1b\x07\x9b\r\u202e") & set(written)


def test_the_command_line_prints_by_no_other_way() -> None:
    folder = Path(__file__).parents[3] / "src" / "mnist_nn" / "cli"
    assert folder.is_dir()
    bare = re.compile(r"(?<![.\w])print\((?!\"|as_json|before|json\.|f\"{_typed|printable)")
    for path in sorted(folder.rglob("*.py")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if ">>>" not in line]
        assert [line for line in lines if bare.search(line)] == [], path
