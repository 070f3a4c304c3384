"""Help as a person reads it: grouped, with defaults and an example, in plain text that fits the window."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer

from mnist_nn.cli.common import help_page
from mnist_nn.cli.program import app

Cli = Callable[..., Any]
GROUP = typer.main.get_command(app)


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Name all commands, those of groups after the name of the group."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """Find the command that words call, and the words after its name."""
    command = GROUP
    while hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    return command, words


COMMANDS = list(commands(GROUP))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_of_every_command_can_be_typed(cli: Cli, command: str) -> None:
    (example,) = re.findall(r"^  For example: (.+)$", cli(*command.split(), "--help").out, re.MULTILINE)
    program, *words = shlex.split(example)
    called, rest = command_of(words)
    assert (program, called) == ("mnist-nn", command_of(command.split())[0])
    called.make_context(command, rest)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_is_read_by_a_person(cli: Cli, command: str) -> None:
    shown = cli(*command.split(), "--help").out
    assert max(map(len, shown.splitlines())) <= 80
    assert not re.search(r"<|\[PATHS\]|\.\.\.|list\[|\x1b|\[required\]", shown)
    headings = re.findall(r"^(\w.*):$", shown, re.MULTILINE)
    assert headings == [name for name in help_page.ORDER if name in headings], "known groups, always in one order"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_does_in_a_sentence(command: str) -> None:
    called, _ = command_of(command.split())
    for param in called.params:
        assert re.fullmatch(r"[A-Z][^\n]*\.", param.help), (param.name, param.help)


def test_options_of_training_are_grouped_with_their_defaults(cli: Cli) -> None:
    shown = cli("train", "--help").out
    sections = dict(
        zip(
            re.findall(r"^(\w.*):$", shown, re.MULTILINE),
            re.split(r"^\w.*:$", shown, flags=re.MULTILINE)[1:],
            strict=True,
        )
    )
    assert list(sections) == [
        "Options",
        "Network",
        "Training",
        "Optimizer",
        "Regularization",
        "Data",
        "Output and files",
    ]
    for group, option, default in (
        ("Options", "--preset NAME", "classic"),
        ("Network", "--hidden N,…", "20"),
        ("Training", "--epochs N", "10"),
        ("Optimizer", "--learning-rate, --lr, --rate RATE", "chosen to suit the loss"),
        ("Optimizer", "--epsilon NUMBER", "1e-08"),
        ("Regularization", "--dropout SHARE,…", "0"),
        ("Data", "--data NAME|PATH", "mnist"),
        ("Output and files", "--model FILE", "mnist-model.safetensors"),
    ):
        assert re.search(
            rf"^  {re.escape(option)}\s(?:(?!\n  --).)*?\[default:\s+{re.escape(default)}",
            sections[group],
            re.MULTILINE | re.DOTALL,
        ), option


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"FORCE_COLOR": "1"}, {"COLUMNS": "60"}])
def test_help_is_plain_text_everywhere(variables: dict[str, str]) -> None:
    command = [sys.executable, "-m", "mnist_nn", "evaluate", "--help"]
    shown = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=True).stdout
    assert "\x1b" not in shown
    assert "--split test|train" in shown
    assert max(map(len, shown.splitlines())) <= int(variables.get("COLUMNS", 80))


def test_a_default_is_not_torn_apart_if_it_fits(cli: Cli) -> None:
    assert "[default: mnist-model.safetensors]" in cli("train", "--help").out
    assert "[default: the model that comes with the package]" in cli("serve", "--help").out


def test_usage_names_arguments_plainly(cli: Cli) -> None:
    for command, usage in (
        ("read", "PATH… [OPTIONS]"),
        ("predict", "MODEL IMAGE… [OPTIONS]"),
        ("play", "[MODEL] [OPTIONS]"),
        ("verify", "MODEL EXPORTED [OPTIONS]"),
        ("export", "MODEL --to onnx|html|c|safetensors|npz [OPTIONS]"),
    ):
        assert cli(command, "--help").out.splitlines()[0] == f"Usage: mnist-nn {command} {usage}"
