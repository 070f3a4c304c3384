"""``mnist-nn verify``: run an exported model in its own runtime and compare it with the reference engine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import options

if TYPE_CHECKING:
    from mnist_nn.export.verification import Verification

Exported = Annotated[
    Path,
    typer.Argument(
        help="A file that mnist-nn export wrote. C headers and web pages are executed, so only check files "
        "that you trust.",
        metavar="EXPORTED",
    ),
]


def verify(model: options.ModelFile, exported: Exported, json: options.Json = False) -> int:
    """Check that an exported file gives the model's answers.

    Runs the file in the runtime that it was made for.

    For example: mnist-nn verify mnist-model.safetensors mnist-model.onnx
    """
    from mnist_nn.export import verify as check
    from mnist_nn.model_file.storage import load

    found = check(load(model), exported)
    if json:
        from mnist_nn.cli.documents.verify import VerifyDocument
        from mnist_nn.util.documents import as_json

        print(as_json(VerifyDocument.of(found, model=model, file=exported)))
    else:
        _print(found)
    return 0 if found.good else 1


def _print(found: "Verification") -> None:
    from mnist_nn.cli.common.tables import console, print_table, table

    out = console()
    out.print(f"Compared on {found.pictures} pictures with {found.runtime}", markup=False)
    shown = table("output", "largest difference", "allowed", "")
    for row in found.differences:
        counted = row.output.endswith(("label", "decision"))
        largest = f"{row.largest:.0f} picture{'s' * (row.largest != 1)}" if counted else f"{row.largest:.1e}"
        shown.add_row(
            row.output, largest, "0" if counted else f"{row.tolerance:g}", "" if row.good else "[bold]WRONG[/]"
        )
    print_table(out, shown)
    if found.good:
        out.print("It gives the same answers as the model.")
    else:
        anew = f"mnist-nn export MODEL --to {found.format} --force"
        out.print(
            "It does NOT give the same answers as the model: it was made from another model, or has been "
            f"changed. Export it again: {anew}"
        )
