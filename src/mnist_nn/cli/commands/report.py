"""``mnist-nn report``: all there is to know about a saved model, on one web page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import options

if TYPE_CHECKING:
    from mnist_nn.report import Report

SUFFIX = ".report.html"

Output = Annotated[
    Path | None,
    typer.Option("--output", help="Where to write; NAME.report.html beside the model if not given.", metavar="FILE"),
]
Record = Annotated[
    Path | None,
    typer.Option("--record", help="A recording of its training: then gradients of every epoch.", metavar="RECORDING"),
]
Examples = Annotated[
    int, typer.Option("--examples", help="Pictures of each class; of the worst mistakes 3 N.", metavar="N")
]


def report(
    model: options.ModelFile,
    output: Output = None,
    data: options.Data = "mnist",
    record: Record = None,
    examples: Examples = 8,
    force: options.Force = False,
    json: options.Json = False,
) -> int:
    """Write a report on a model: one web page. Curves, weights, mistakes, calibration, how to make it again."""
    from mnist_nn.cli.common import output_files
    from mnist_nn.data import load as load_data
    from mnist_nn.model_file import recording
    from mnist_nn.model_file.storage import load
    from mnist_nn.report import report as judge

    loaded = load(model)
    target = output or model.with_suffix(SUFFIX)
    output_files.check(target, model, record, force=force)
    output_files.check_name(target, ".html", "web pages are")
    film = None if record is None else recording.load(record)
    dataset = load_data(data)
    made = judge(loaded, dataset, name=model.name, recording=film, examples=examples)
    content = made.html.encode()
    output_files.write(target, content)
    _show(_document(made, model, target, dataset.name, len(content)), json=json)
    return 0


def _document(made: "Report", model: Path, target: Path, data: str, size: int) -> dict[str, Any]:
    return {
        "model": str(model),
        "data": data,
        "file": str(target),
        "bytes": size,
        "samples": made.evaluation.samples,
        "accuracy": made.evaluation.accuracy,
        "interval": list(made.evaluation.interval),
        "sections": list(made.sections),
        "left_out": [{"section": name, "reason": reason} for name, reason in made.left_out.items()],
    }


def _show(document: dict[str, Any], *, json: bool) -> None:
    from mnist_nn.cli.common.tables import as_json, interval, percent

    if json:
        as_json(document)
        return
    print(f"Wrote {document['file']} ({document['bytes'] / 1000:,.0f} kB).")
    print(
        f"Accuracy {percent(document['accuracy'])} ({interval(*document['interval'])}, {document['samples']:,} images)"
    )
    for row in document["left_out"]:
        print(f"Without {row['section']}: {row['reason']}.")
