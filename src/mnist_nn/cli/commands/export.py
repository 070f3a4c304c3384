"""``mnist-nn export``: write a saved model in another format."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.terminal import say

if TYPE_CHECKING:
    from mnist_nn.data import Dataset
    from mnist_nn.model_file.storage import Model

To = Annotated[
    str,
    typer.Option(
        "--to", help="The format to write.", **options.one_of("format", "onnx", "html", "c", "safetensors", "npz")
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        help="Where to write.",
        metavar="FILE",
        show_default="a file beside the model",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Prefix = Annotated[
    str | None,
    typer.Option(
        "--prefix",
        help="The prefix of all names in a C header, so that one program can include two headers.",
        metavar="NAME",
        show_default="mnist_nn",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Data = Annotated[
    str | None,
    options.data_option(
        "the model's training data, or mnist",
        "The data set for the test vectors and for measuring the accuracy of C code: mnist, "
        "fashion-mnist, or a folder with four IDX files.",
    ),
]


def export(
    model: options.ModelFile,
    to: To,
    output: Output = None,
    prefix: Prefix = None,
    data: Data = None,
    force: options.Force = False,
    json: options.Json = False,
) -> int:
    """Write a model as ONNX, a web page, C, or plain arrays.

    Every file contains test vectors that mnist-nn verify uses to check it.

    For example: mnist-nn export mnist-model.safetensors --to onnx
    """
    from mnist_nn.cli.common import output_files
    from mnist_nn.data import load as load_data
    from mnist_nn.export import FORMATS, choose_vectors_data
    from mnist_nn.export import export as convert
    from mnist_nn.model_file.storage import load

    loaded = load(model)
    target = output or _beside(model, FORMATS[to].suffix)
    output_files.check_suffix(target, FORMATS[to].suffix, "files of this format")
    with output_files.keep_target(target, model, force=force):
        dataset = choose_vectors_data(loaded) if data is None else load_data(data)
        content = convert(loaded, to, dataset, prefix=prefix)
        output_files.write_file(target, content)
    rounding = _rounding(loaded, to, dataset)
    if json:
        from mnist_nn.cli.documents.export import ExportDocument
        from mnist_nn.util.documents import as_json

        print(as_json(ExportDocument(model=model, format=to, file=target, bytes=len(content), rounding=rounding)))
    else:
        _print(model, target, len(content), rounding)
    return 0


def _beside(model: Path, suffix: str) -> Path:
    """Return the model's name with another suffix; a stripped model file gets two."""
    return model.with_suffix(f".stripped{suffix}" if suffix == ".safetensors" else suffix)


def _rounding(model: "Model", to: str, data: "Dataset") -> float | None:
    """Return the largest change of a probability by rounding weights to float32; None if none are rounded."""
    from mnist_nn.export import KEEP_DOUBLE
    from mnist_nn.export.metadata import measure_rounding
    from mnist_nn.export.vectors import fits, make_vectors

    if model.network.config.dtype == "float32" or to in KEEP_DOUBLE:
        return None
    return measure_rounding(model, make_vectors(model, data.test if fits(model.network.config, data) else None))


def _print(model: Path, target: Path, size: int, rounding: float | None) -> None:
    from shlex import quote

    say(f"Wrote {target} ({size / 1000:,.0f} kB).")
    if rounding is not None:
        say(
            "Its float64 weights were rounded to float32, which changes the answers to test pictures by at "
            f"most {rounding:.1e}."
        )
    say(f"Check it with: mnist-nn verify {quote(str(model))} {quote(str(target))}")
