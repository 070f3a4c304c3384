"""The program as a whole: its help, its version, what it does where standard output is full, closed or left."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from patience import PATIENCE

from mnist_nn.cli.program import app

Cli = Callable[..., Any]
DOCS = Path(__file__).parents[2] / "docs"


def test_no_arguments_show_the_help(cli: Cli) -> None:
    outcome = cli()
    assert outcome.code == 0
    assert "check-gradients" in outcome.out
    assert cli("data").code == 0


def test_version(cli: Cli) -> None:
    assert re.fullmatch(r"mnist-nn \d+\.\d+\.\d+\n", cli("--version").out)


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Name all commands, those of groups after the name of the group."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


@pytest.mark.parametrize("command", list(commands(typer.main.get_command(app))))
def test_every_option_is_documented(cli: Cli, command: str) -> None:
    text = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    shown = cli(*command.split(), "--help").out
    own = section(text, f"## {command.split(maxsplit=1)[0]}") + section(text, "### Settings") * ("--hidden" in shown)
    for option, placeholder in set(re.findall(r"^  (--[a-z0-9-]+)(?:, --[a-z]+)*( \S+)?", shown, re.MULTILINE)):
        typed = (option + placeholder).replace("|", "\\|")
        assert f"`{typed}`" in own, f"docs/reference/cli.md does not explain {typed} of {command}"


def section(text: str, heading: str) -> str:
    """Cut out what stands under a heading."""
    level = heading.partition(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^{level} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/reference/cli.md has no section {heading!r}"
    return found[1]


def test_a_section_ends_where_the_next_begins() -> None:
    assert section("## a\n1\n### b\n2\n## c\n3\n", "## a") == "1\n### b\n2\n"


def test_help_imports_no_numpy() -> None:
    code = (
        "import sys; from mnist_nn.cli.program import run; run(['train', '--help']); sys.exit('numpy' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False, timeout=PATIENCE).returncode == 0


@pytest.mark.slow
def test_a_terminal_that_cannot_show_a_letter_gets_a_question_mark(model: Path, tmp_path: Path) -> None:
    strange = tmp_path / "é λ.safetensors"
    model.rename(strange)
    for arguments in (("evaluate", strange.name), ("train", "--help"), ("evaluate", "none λ")):
        outcome = subprocess.run(
            [sys.executable, "-m", "mnist_nn", *arguments],
            cwd=tmp_path,
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            check=False,
            timeout=PATIENCE,
        )
        assert outcome.returncode == (2 if "none λ" in arguments else 0)
        assert b"Traceback" not in outcome.stderr
        assert outcome.stderr.isascii()


@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_reader_of_a_pipe_that_left_is_no_fault(buffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    outcome = subprocess.run(
        [sys.executable, "-m", "mnist_nn", "--version"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": buffered},
        check=False,
        timeout=PATIENCE,
    )
    os.close(writing)
    assert (outcome.returncode, outcome.stderr) == (1, b"")


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


LONG_NAME = "a" * 5000


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--resume-if-exists", "--model", LONG_NAME),
        ("train", "--data", LONG_NAME),
        ("evaluate", LONG_NAME),
        ("predict", LONG_NAME),
        ("read", LONG_NAME),
        ("read", "a.png", "--csv", LONG_NAME),
        ("read", "a.png", "--one-of", LONG_NAME),
        ("read", "a.png", "--explain", LONG_NAME),
        ("export", LONG_NAME, "--to", "c"),
        ("report", "mnist-model.safetensors", "--output", f"{LONG_NAME}.html"),
        ("calibrate", "--labelled", LONG_NAME),
        ("audit", LONG_NAME),
        ("play", "--export", LONG_NAME),
        ("serve", LONG_NAME),
        ("data", "export", LONG_NAME),
    ],
)
@pytest.mark.usefixtures("model")
def test_a_name_that_is_too_long_is_one_line(cli: Cli, arguments: tuple[str, ...]) -> None:
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert outcome.err.startswith("mnist-nn: ")
    assert outcome.err.count("\n") == 1
