"""``mnist-nn report``: write everything that is known about a saved model on one web page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.terminal import say

if TYPE_CHECKING:
    from mnist_nn.report import Report

SUFFIX = ".report.html"

Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        help="Where to write.",
        metavar="FILE",
        show_default="NAME.report.html beside the model",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(
        "--record", help="A recording of the training, to show the gradients after every epoch.", metavar="FILE"
    ),
]
Examples = Annotated[
    int,
    typer.Option(
        "--examples",
        help="Number of pictures for each class; three times as many of the worst mistakes are shown.",
        metavar="N",
    ),
]


def report(
    model: options.ModelFile,
    output: Output = None,
    data: options.ModelData = None,
    record: Record = None,
    examples: Examples = 8,
    force: options.Force = False,
    json: options.Json = False,
) -> int:
    """Write a report on a model as one web page.

    Shows learning curves, weights, mistakes and calibration, and how to train the same model again.

    For example: mnist-nn report mnist-model.safetensors --output report.html
    """
    from mnist_nn.cli.common import output_files
    from mnist_nn.cli.common.other_data import say_other_data
    from mnist_nn.model_file import recording
    from mnist_nn.model_file.storage import load
    from mnist_nn.model_file.training_data import choose_data, name_training_data
    from mnist_nn.report import build_report

    loaded = load(model)
    target = output or model.with_suffix(SUFFIX)
    with output_files.keep_target(target, model, record, force=force):
        output_files.check_suffix(target, ".html", "web pages")
        film = None if record is None else recording.load(record)
        dataset = choose_data(loaded, data)
        made = build_report(loaded, dataset, name=model.name, recording=film, examples=examples)
        content = made.html.encode()
        output_files.write_file(target, content)
    if json:
        from mnist_nn.cli.documents.report import report_document
        from mnist_nn.util.documents import as_json

        written = {"model": model, "file": target, "bytes": len(content)}
        print(as_json(report_document(made, data=dataset.name, trained_on=name_training_data(loaded), **written)))
    else:
        say_other_data(loaded, dataset)
        _print(made, target, len(content))
    return 0


def _print(made: "Report", target: Path, size: int) -> None:
    from mnist_nn.cli.common.tables import interval, percent

    result = made.evaluation
    say(f"Wrote {target} ({size / 1000:,.0f} kB).")
    say(f"Accuracy {percent(result.accuracy)} ({interval(*result.interval)}, {result.samples:,} images)")
    for section, reason in made.left_out.items():
        say(f"Not included: {section}, because {reason}.")
