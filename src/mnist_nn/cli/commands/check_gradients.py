"""``mnist-nn check-gradients``: check derivatives numerically, and name the loss that training really descends."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import options
from mnist_nn.cli.common.training_options import with_settings
from mnist_nn.errors import ConfigError
from mnist_nn.nn.presets import configure

if TYPE_CHECKING:
    from mnist_nn.data import Dataset
    from mnist_nn.evaluation.gradient_check import GradientReport
    from mnist_nn.nn.config import NetworkConfig, TrainingConfig

Samples = Annotated[
    int,
    typer.Option(
        "--samples",
        help="Number of training images (with --lines, of lines) in the batch that is checked, at most 1000.",
        metavar="N",
        min=1,
        max=1000,
    ),
]
Probes = Annotated[
    int, typer.Option("--probes", help="Number of entries to check in each group of parameters.", metavar="N", min=1)
]
Lines = Annotated[
    bool,
    typer.Option("--lines", help="Check a network that is slid along lines of digits and trained with the CTC loss."),
]


# Every other setting is without effect on one update in float64.
FIXED_BY_LINES = ("output", "loss", "prepare", "dropout", "label_smoothing", "freeze")
GLYPHS = 200  # people's digits, and as many of drawn hands, that lines are made of
SHORT = (1, 1, 1, *[0] * 9)  # shares of the lengths of lines: one to three digits, because every probe reads them all
SETTINGS = (
    "hidden",
    "activation",
    "output",
    "initializer",
    "loss",
    "prepare",
    "dropout",
    "l2",
    "label_smoothing",
    "freeze",
    "seed",
)


@with_settings(*SETTINGS)
def check_gradients(
    preset: options.Preset = None,
    data: options.Data = "mnist",
    samples: Samples = 8,
    probes: Probes = 100,
    lines: Lines = False,
    json: options.Json = False,
    *,
    settings: dict[str, Any],
) -> int:
    """Check the gradients, and name the loss they follow.

    Compares one real update with numerical derivatives, for any network and any loss. With --lines it checks a network
    that reads whole numbers.

    For example: mnist-nn check-gradients --loss mse --hidden 30,30
    """
    from mnist_nn.data import load

    for name in FIXED_BY_LINES if lines else ():
        if name in settings:
            raise ConfigError(
                f"{name} has no effect with --lines, which always uses softmax outputs and CTC; leave {name} out"
            )
    fixed = {"output": "softmax", "loss": "cross_entropy"} if lines else {}
    network, training = configure("classic" if preset is None else preset, {**settings, **fixed})
    compare = _compare_lines if lines else _compare
    report = compare(network, training, load(data), samples, probes)
    if json:
        from mnist_nn.cli.documents.check_gradients import check_gradients_document
        from mnist_nn.util.documents import as_json

        print(as_json(check_gradients_document(report)))
    else:
        _print(report)
    return 0 if report.passed else 1


def _compare(
    network: "NetworkConfig", training: "TrainingConfig", dataset: "Dataset", samples: int, probes: int
) -> "GradientReport":
    from mnist_nn.evaluation.gradient_check import check_gradients as compare
    from mnist_nn.nn.config import fit_data

    network = fit_data(network, dataset.inputs, dataset.classes)
    batch = dataset.train.take(range(min(samples, len(dataset.train))))
    return compare(network, training, batch.images, batch.labels, probes=probes)


def _compare_lines(
    network: "NetworkConfig", training: "TrainingConfig", dataset: "Dataset", samples: int, probes: int
) -> "GradientReport":
    from mnist_nn.data.handwriting.glyphs import GlyphPool
    from mnist_nn.data.handwriting.line_ranges import LINES
    from mnist_nn.data.handwriting.lines import compose_lines
    from mnist_nn.evaluation.gradient_check import check_sequence_gradients
    from mnist_nn.imaging.windows import WINDOWS
    from mnist_nn.nn.config import check_reads_digits
    from mnist_nn.util.randomness import LINES as PURPOSE
    from mnist_nn.util.randomness import fold, key

    check_reads_digits(replace(network, inputs=dataset.inputs, outputs=dataset.classes), "the networks for this data")
    root = fold(key(training.seed), PURPOSE)
    few = dataset.train.take(range(min(len(dataset.train), GLYPHS)))
    pool = GlyphPool.of(few.images, few.labels, fold(root, 0), "train", GLYPHS)
    drawn = compose_lines(samples, fold(root, 1), pool, replace(LINES, length_shares=SHORT))
    inks = [line[:, :width] for line, width in zip(drawn.maps, drawn.widths, strict=True)]
    labels = [digits[:length].tolist() for digits, length in zip(drawn.labels, drawn.lengths, strict=True)]
    network = replace(network, inputs=WINDOWS.inputs, outputs=dataset.classes + 1)
    return check_sequence_gradients(network, training, inks, labels, probes=probes)


def _print(report: "GradientReport") -> None:
    from mnist_nn.cli.common.tables import console, print_table, table
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
    out.print(
        "The largest derivatives of each group, computed by backpropagation and by central differences (float64):\n"
    )
    print_table(out, groups)
    skipped = sum(group.skipped for group in report.groups)
    if skipped:
        out.print(f"\n{skipped} entries were skipped because a ReLU kink lies within the difference.")
    out.print("\nWhich loss does the update descend? The distance of the update from the gradient of each loss:\n")
    losses = table("loss", "relative error", "")
    for name, error in report.candidates.items():
        losses.add_row(name, f"{error:.1e}", "← this one" if name == report.descends else "")
    print_table(out, losses)
    out.print(f"\nLoss printed: {report.reported_name}. Loss descended: {report.descends or 'none of these'}.")
    out.print(f"The gradients {'agree' if report.passed else 'DISAGREE'} (tolerance {TOLERANCE:.0e}).")


def _index(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return (flat,) if len(shape) == 1 else divmod(flat, shape[1])
