"""``mnist-nn evaluate``: how good a saved model is."""

from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import options

if TYPE_CHECKING:
    from mnist_nn.evaluation.metrics import Evaluation

Split = Annotated[
    str,
    typer.Option("--split", help="Which part of the data to measure on.", **options.one_of("split", "test", "train")),
]


def evaluate(
    model: options.ModelFile,
    data: options.Data = "mnist",
    split: Split = "test",
    engine: options.Engine = "auto",
    json: options.Json = False,
) -> int:
    """Measure a saved model: accuracy, confusion, loss.

    Precision and recall of every class and the calibration error are shown too.

    For example: mnist-nn evaluate mnist-model.safetensors --split train
    """
    from mnist_nn.data import load
    from mnist_nn.engines.base import check_width
    from mnist_nn.evaluation.metrics import evaluate as measure
    from mnist_nn.model_file.storage import load as load_model

    loaded, dataset = load_model(model), load(data)
    check_width(loaded.network.config, dataset.inputs)
    samples = dataset.test if split == "test" else dataset.train
    loss = loaded.training.loss if loaded.training else None
    result = measure(loaded.network, samples, loss, engine=engine)
    if json:
        from mnist_nn.cli.documents.evaluate import evaluate_document
        from mnist_nn.util.documents import as_json

        print(as_json(evaluate_document(result, model=model, data=dataset.name, split=split)))
    else:
        _print(result)
    return 0


def _print(result: "Evaluation") -> None:
    from mnist_nn.cli.common.tables import console, interval, percent, table

    out = console()
    out.print(
        f"Accuracy           {percent(result.accuracy)}  ({interval(*result.interval)}, {result.samples:,} images)"
    )
    out.print(f"Mean loss          {result.loss:.5f}  {result.loss_name}")
    if result.descended_name != result.loss_name:
        out.print(f"Loss descended     {result.descended:.5f}  {result.descended_name}")
    out.print(f"Calibration error  {result.calibration_error:.4f}  (expected, 15 bins)\n")
    figures = table("class", "precision", "recall", "images")
    for number, (precision, recall) in enumerate(zip(result.precision, result.recall, strict=True)):
        figures.add_row(str(number), percent(precision), percent(recall), f"{result.confusion[number].sum():,}")
    out.print(figures)
    out.print("\nConfusion: a row for each true class, a column for each answer")
    classes = len(result.confusion)
    matrix = table("", *map(str, range(classes)))
    for number, row in enumerate(result.confusion.tolist()):
        cells = (f"[bold]{n}[/]" if i == number else str(n) if n else "[dim]·[/]" for i, n in enumerate(row))
        matrix.add_row(str(number), *cells)
    out.print(matrix)
