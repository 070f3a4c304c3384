"""``mnist-nn check-gradients``: every derivative beside its numerical twin, and the loss that is really descended."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import options
from mnist_nn.cli.common.training_options import with_settings
from mnist_nn.nn.presets import configure

if TYPE_CHECKING:
    from mnist_nn.evaluation.gradient_check import GradientReport

Samples = Annotated[
    int,
    typer.Option(
        "--samples",
        help="Number of training images in the batch that is checked, at most 1000.",
        metavar="N",
        min=1,
        max=1000,
    ),
]
Probes = Annotated[
    int, typer.Option("--probes", help="Number of entries to check in each parameter group.", metavar="N", min=1)
]


# Every other setting is without effect on one update in float64.
SETTINGS = ("hidden", "activation", "output", "initializer", "loss", "dropout", "l2", "seed")


@with_settings(*SETTINGS)
def check_gradients(
    preset: options.Preset = None,
    data: options.Data = "mnist",
    samples: Samples = 8,
    probes: Probes = 100,
    json: options.Json = False,
    *,
    settings: dict[str, Any],
) -> int:
    """Prove the gradients, and name the loss that is descended.

    It compares one real update with derivatives taken numerically, for any network and any loss.

    For example: mnist-nn check-gradients --loss mse --hidden 30,30
    """
    from mnist_nn.data import load
    from mnist_nn.evaluation.gradient_check import check_gradients as compare

    network, training = configure("classic" if preset is None else preset, settings)
    dataset = load(data)
    network = replace(network, inputs=dataset.inputs, outputs=dataset.classes)
    batch = dataset.train.take(range(min(samples, len(dataset.train))))
    report = compare(network, training, batch.images, batch.labels, probes=probes)
    if json:
        from mnist_nn.cli.documents.check_gradients import check_gradients_document
        from mnist_nn.util.documents import as_json

        print(as_json(check_gradients_document(report)))
    else:
        _print(report)
    return 0 if report.passed else 1


def _print(report: "GradientReport") -> None:
    from mnist_nn.cli.common.tables import console, table
    from mnist_nn.evaluation.gradient_check import TOLERANCE

    out = console()
    groups = table("group", "probed", "entry", "analytic", "numerical", "relative error")
    for group in report.groups:
        for row in abs(group.analytic).argsort()[::-1][:3].tolist():
            index = ",".join(map(str, _index(int(group.entries[row]), group.shape)))
            numbers = (f"{group.analytic[row]:+.10f}", f"{group.numeric[row]:+.10f}")
            first = row == int(abs(group.analytic).argmax())
            head = (group.name, str(len(group.entries))) if first else ("", "")
            out_row = (*head, f"\\[{index}]", *numbers, f"{group.error:.1e}" if first else "")
            groups.add_row(*out_row)
    out.print("The largest derivatives of each group, analytic and by central differences (float64):\n")
    out.print(groups)
    skipped = sum(group.skipped for group in report.groups)
    if skipped:
        out.print(f"\n{skipped} entries left out: a ReLU kink lies within the difference.")
    out.print("\nWhich loss does the update descend? Its distance from the gradient of each:\n")
    losses = table("loss", "relative error", "")
    for name, error in report.candidates.items():
        losses.add_row(name, f"{error:.1e}", "← this one" if name == report.descends else "")
    out.print(losses)
    out.print(f"\nPrinted: {report.reported_name}. Descended: {report.descends or 'none of these'}.")
    out.print(f"Gradients {'agree' if report.passed else 'DISAGREE'} (tolerance {TOLERANCE:.0e}).")


def _index(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return (flat,) if len(shape) == 1 else divmod(flat, shape[1])
