"""``mnist-nn check-code``: say which equation of a student's own network code is wrong.

Each file runs in a process of its own, with the user's rights.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.terminal import say
from mnist_nn.errors import ConfigError, quote
from mnist_nn.nn.config import ACTIVATIONS, LOSSES, OUTPUTS

if TYPE_CHECKING:
    from mnist_nn.cli.check_code.run import Answer

MORE_LOSSES = ("half_squared_error", "squared_error")
TIME_LIMIT = 60.0  # seconds; the programs of the tests take one

Files = Annotated[
    list[Path],
    typer.Argument(
        help="Python files with functions such as forward and backward, or a class with such methods. They are run, so "
        "only check files that you would run yourself.",
        metavar="FILE",
    ),
]
Activation = Annotated[
    str,
    typer.Option(
        "--activation",
        help="The activation of the hidden layers that the code is meant to have.",
        rich_help_panel=help_page.NETWORK,
        **options.one_of("activation", *ACTIVATIONS),
    ),
]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        help="The activation of the output layer that it is meant to have.",
        rich_help_panel=help_page.NETWORK,
        **options.one_of("output", *OUTPUTS),
    ),
]
Loss = Annotated[
    str,
    typer.Option(
        "--loss",
        help="The loss whose gradient it is meant to follow; classic_mse means the error o - l.",
        rich_help_panel=help_page.NETWORK,
        **options.one_of("loss", *LOSSES, *MORE_LOSSES),
    ),
]
Layers = Annotated[
    str | None,
    typer.Option(
        "--layers",
        help="Widths of the layers to try the code with, from inputs to outputs.",
        metavar="N,…",
        show_default="12,7,10 and what the code needs",
        rich_help_panel=help_page.NETWORK,
    ),
]
NoBiases = Annotated[
    bool,
    typer.Option("--no-biases", help="The network is meant to have no biases.", rich_help_panel=help_page.NETWORK),
]
Samples = Annotated[
    str,
    typer.Option(
        "--samples",
        help="Whether the code is meant for one sample at a time.",
        **options.one_of("samples", "any", "one"),
    ),
]
Meant = Annotated[
    list[str] | None,
    typer.Option(
        "--meant",
        help="What a parameter's name means that is not understood, such as spam=W1; may be given again.",
        metavar="NAME=MEANING",
    ),
]
TimeLimit = Annotated[
    float,
    typer.Option(
        "--time-limit",
        help="Number of seconds after which a file is given up.",
        metavar="SECONDS",
        rich_help_panel=help_page.LIMITS,
    ),
]


def check_code(
    files: Files,
    activation: Activation = "sigmoid",
    output: Output = "sigmoid",
    loss: Loss = "classic_mse",
    layers: Layers = None,
    no_biases: NoBiases = False,
    samples: Samples = "any",
    meant: Meant = None,
    time_limit: TimeLimit = TIME_LIMIT,
    json: options.Json = False,
) -> int:
    """Say which equation of your own network code is wrong.

    Runs the code on small networks, with your rights, and compares its numbers with those of the reference engine. With
    several files, prints one line for each.

    For example: mnist-nn check-code student.py --activation relu
    """
    from mnist_nn.cli.check_code.run import run
    from mnist_nn.evaluation.student.trial import Settings
    from mnist_nn.util.checks import positive

    seconds = positive("--time-limit", time_limit)
    Settings(activation, output, loss, biases=not no_biases, seed=0)  # says what does not go together
    settings = {
        "activation": activation,
        "output": output,
        "loss": loss,
        "layers": _split_layers(layers),
        "biases": not no_biases,
        "samples": samples,
        "meant": dict(map(_split_meaning, meant or ())),
    }
    answers = [run(file, settings, seconds) for file in files]
    if json:
        from json import dumps

        from mnist_nn.cli.documents.check_code import CheckCodeDocument
        from mnist_nn.util.documents import as_json

        print(as_json(CheckCodeDocument.model_validate_json(dumps(answers))))
    else:
        _print(answers)
    for answer in answers:
        if "error" in answer:
            say(f"mnist-nn: {_name_file(answer)}", file=sys.stderr)
    if any("error" in answer for answer in answers):
        return 2
    return 0 if all(answer["passed"] for answer in answers) else 1


def _split_layers(text: str | None) -> list[int] | None:
    try:
        return None if text is None else [int(units) for units in text.split(",")]
    except ValueError:
        raise ConfigError(
            f"--layers is {quote(text)}; give whole numbers separated by commas, such as 12,7,10"
        ) from None


def _split_meaning(text: str) -> tuple[str, str]:
    name, equals, meaning = (part.strip() for part in text.partition("="))
    if not (name and equals and meaning):
        raise ConfigError(f"--meant is {quote(text)}; give a name and what it means, such as spam=W1")
    return name, meaning


def _name_file(answer: "Answer") -> str:
    """Make sure that an error says which file it is about."""
    file, error = answer["file"], answer["error"]
    return error if file in error else f"{file}: {error}"


def _print(answers: "list[Answer]") -> None:
    checked = [answer for answer in answers if "error" not in answer]
    width = max((len(answer["file"]) for answer in checked), default=0)
    for answer in checked:
        say(answer["text"] if len(answers) == 1 else f"{answer['file']:{width}}  {_summarize(answer)}")


def _summarize(answer: "Answer") -> str:
    if answer["passed"]:
        return "right"
    found = ", ".join(f"{one['symbol']} {one['fault']}" for one in answer["findings"])
    difference, remarks = answer["difference"], answer["remarks"]
    where = f"no known fault; first difference in {difference['where']}" if difference else ""
    return found or where or " ".join(remarks)
