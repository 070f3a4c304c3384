"""``mnist-nn evaluate``: measure how good a saved model is."""

from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import options

if TYPE_CHECKING:
    from mnist_nn.evaluation.metrics import Evaluation

Split = Annotated[
    str,
    typer.Option(
        "--split", help="Which part of the data set to measure on.", **options.one_of("split", "test", "train")
    ),
]


def evaluate(
    model: options.ModelFile,
    data: options.ModelData = None,
    split: Split = "test",
    engine: options.Engine = "auto",
    json: options.Json = False,
) -> int:
    """Measure a saved model's accuracy, confusion and loss.

    Also shows the precision and recall of each class, and the calibration error.

    For example: mnist-nn evaluate mnist-model.safetensors --split train
    """
    from mnist_nn.cli.common.other_data import say_other_data
    from mnist_nn.engines.base import check_width
    from mnist_nn.evaluation.metrics import evaluate as measure
    from mnist_nn.model_file.storage import load as load_model
    from mnist_nn.model_file.training_data import choose_data, name_training_data

    loaded = load_model(model)
    dataset = choose_data(loaded, data)
    check_width(loaded.network.config, dataset.inputs)
    samples = dataset.test if split == "test" else dataset.train
    loss = loaded.training.loss if loaded.training else None
    result = measure(loaded.network, samples, loss, engine=engine)
    if json:
        from mnist_nn.cli.documents.evaluate import evaluate_document
        from mnist_nn.util.documents import as_json

        measured = {"model": model, "data": dataset.name, "split": split, "trained_on": name_training_data(loaded)}
        print(as_json(evaluate_document(result, class_names=loaded.class_names, **measured)))
    else:
        say_other_data(loaded, dataset)
        _print(result, [loaded.name_class(label) for label in range(loaded.network.config.outputs)])
    return 0


def _print(result: "Evaluation", names: list[str]) -> None:
    from mnist_nn.cli.common.tables import console, foreign, interval, percent, print_table, table

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
        figures.add_row(
            foreign(names[number]), percent(precision), percent(recall), f"{result.confusion[number].sum():,}"
        )
    print_table(out, figures)
    out.print("\nConfusion matrix: one row for each true class, one column for each predicted class")
    matrix = table("", *map(foreign, names))
    for number, row in enumerate(result.confusion.tolist()):
        cells = (f"[bold]{n}[/]" if i == number else str(n) if n else "[dim]·[/]" for i, n in enumerate(row))
        matrix.add_row(foreign(names[number]), *cells)
    print_table(out, matrix)
