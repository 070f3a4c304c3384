"""``mnist-nn calibrate``: teach a saved model when to say "I don't know"."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.terminal import say

if TYPE_CHECKING:
    from mnist_nn.data import Samples
    from mnist_nn.evaluation.calibration import Calibration
    from mnist_nn.evaluation.number_calibration import NumberCalibration
    from mnist_nn.evaluation.selective import OperatingPoint
    from mnist_nn.model_file.storage import Model
    from mnist_nn.reading.calibrate_numbers import Answers
    from mnist_nn.reading.labelled import LabelledPicture, LabelledTable
    from mnist_nn.util.randomness import Key

    Points = dict[str, OperatingPoint | None]  # by the limit on the error

ERRORS = (0.002, 0.005, 0.01, 0.02, 0.05)
USUAL = 0.01
ModelFile = Annotated[
    Path | None,
    typer.Argument(
        help="A model file. With --labelled you may leave it out to use the model that comes with the package.",
        metavar="MODEL",
    ),
]
Seed = Annotated[
    int,
    typer.Option("--seed", help="Random seed for everything that is drawn.", metavar="N"),
]
Labelled = Annotated[
    Path | None,
    typer.Option(
        "--labelled",
        help="Calibrate a reader's numbers on your own pictures. FILE.csv has the columns picture and "
        "answer, plus writer or page if you know them.",
        metavar="FILE.csv",
        rich_help_panel=help_page.READING,
    ),
]
Field = Annotated[
    bool,
    typer.Option("--field", help="Each labelled picture is one field of a form.", rich_help_panel=help_page.READING),
]
MaxError = Annotated[
    float | None,
    typer.Option(
        "--max-error",
        help="The share of wrong numbers that the calibration must stay below.",
        metavar="SHARE",
        show_default="0.01",
        rich_help_panel=help_page.READING,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        help="Where to write the reader that was calibrated on your pictures.",
        metavar="FILE",
        show_default="MODEL itself",
        rich_help_panel=help_page.OUTPUT,
    ),
]


def calibrate(
    model: ModelFile = None,
    data: options.ModelData = None,
    labelled: Labelled = None,
    field: Field = False,
    max_error: MaxError = None,
    output: Output = None,
    seed: Seed = 0,
    json: options.Json = False,
) -> int:
    """Teach a saved model when to say "I don't know".

    Uses the images that training held out to fit three things: a temperature, a score for what is not a digit, and
    confidence thresholds. They are saved in the model file. With --labelled it calibrates a reader's numbers on your
    own pictures.

    For example: mnist-nn calibrate mnist-model.safetensors
    """
    from mnist_nn.errors import ConfigError
    from mnist_nn.util import randomness
    from mnist_nn.util.checks import integer

    key = randomness.fold(randomness.key(integer("seed", seed, 0, 2**64 - 1)), randomness.CALIBRATION)
    if labelled:
        if data is not None:
            raise ConfigError("--data has no effect with --labelled, which uses its own pictures; leave --data out")
        return _calibrate_numbers(model, labelled, output, USUAL if max_error is None else max_error, key, field, json)
    given = [name for name, value in (("--field", field), ("--max-error", max_error), ("--output", output)) if value]
    if given:
        raise ConfigError(
            f"{given[0]} has no effect without --labelled FILE.csv; leave {given[0]} out, or add --labelled"
        )
    if model is None:
        raise ConfigError(
            "no model was given; name a model file, or add --labelled to calibrate the reader that comes "
            "with the package"
        )
    return _calibrate_digits(model, data, key, json=json)


def _calibrate_digits(model: Path, data: str | None, key: "Key", *, json: bool) -> int:
    from dataclasses import replace

    from mnist_nn.evaluation.calibration_fit import calibrate as fit
    from mnist_nn.model_file.storage import keep_others_off, load, save

    with keep_others_off(model):
        loaded = load(model)
        held_out = _held_out(loaded, data)
        calibration = fit(loaded.network, held_out, key)
        save(model, replace(loaded, calibration=calibration))
    points = operating_points(calibration)
    if json:
        _print_document(calibration, calibration, points, model, len(held_out), None)
    else:
        say(
            f"Calibrated on {len(held_out):,} held-out digits, distorted copies of them, and pictures that "
            "are not digits"
        )
        say(f"Temperature  {calibration.temperature:.3f}\n")
        _print_points(calibration, points, "--max-error-per-digit")
    return 0


def _calibrate_numbers(
    model: Path | None, table: Path, output: Path | None, max_error: float, key: "Key", field: bool, json: bool
) -> int:
    """Check the input, read the pictures, and write the model if it can promise the error limit asked for."""
    from dataclasses import replace

    from mnist_nn.errors import ConfigError
    from mnist_nn.model_file.storage import keep_others_off, load, save
    from mnist_nn.reading.calibrate_labelled import calibrate_labelled, check_enough
    from mnist_nn.reading.labelled import load_labelled
    from mnist_nn.reading.reader_model import load_reader_model

    target = output or model
    if target is None:
        raise ConfigError("no place was given for the calibrated reader; name it with --output FILE, or give a MODEL")
    if not 0 < max_error < 1:
        raise ConfigError(f"--max-error is {max_error}; give a share between 0 and 1, such as 0.01")
    loaded = load(model) if model else load_reader_model()
    labelled = load_labelled(table, field=field)
    check_enough(loaded, labelled.units, labelled.kind, max_error)
    with keep_others_off(target):
        answers = _read_pictures(loaded, labelled, field=field)
        calibration = calibrate_labelled(loaded, answers, max_error, key)
        calibration.operating_point(max_error)  # refuses what cannot be promised, before anything is written
        save(target, replace(loaded, number_calibration=calibration))
    points = operating_points(calibration)
    found = {
        "pictures": len(labelled.pictures),
        "answers": len(answers.right),
        "right": int(answers.right.sum()),
        "unit": labelled.kind,
        "units": labelled.units,
        "tested": calibration.test.answers if calibration.test else 0,
    }
    if json:
        assert loaded.calibration  # noqa: S101 - the pictures were read with it
        _print_document(loaded.calibration, calibration, points, target, len(answers.right), found)
    else:
        _print_labelled(found, target)
        _print_points(calibration, points, "--max-error")
    return 0


def _read_pictures(model: "Model", table: "LabelledTable", *, field: bool) -> "Answers":
    from mnist_nn.cli.read.progress import show_progress
    from mnist_nn.reading.labelled import read_labelled

    with show_progress(lambda: len(table.pictures), quiet=False) as advance:

        def pictures() -> "Iterator[LabelledPicture]":
            for row in table.pictures:
                yield row
                advance()

        return read_labelled(model, pictures(), field=field)


def _held_out(model: "Model", data: str | None) -> "Samples":
    """Return the images that training held out, after checking that the data is the same."""
    from mnist_nn.errors import ConfigError
    from mnist_nn.model_file.training_data import choose_data
    from mnist_nn.training.placement import split

    if model.training is None or not model.training.validation:
        raise ConfigError(
            "this model has learned from all of its images, so none are left to calibrate on; train it "
            "again with images held out, for example with --validation 0.1"
        )
    dataset = choose_data(model, data)
    if other := dataset.describe_other(model.data):
        raise ConfigError(f"{other}; give the data the model was trained on with --data, or leave --data out")
    held_out = split(dataset.train, model.training)[1]
    assert held_out is not None  # noqa: S101 - validation is not 0
    return held_out


def operating_points(calibration: "Calibration | NumberCalibration") -> "Points":
    """Find the operating point for each limit on the error; None where the model cannot keep to it."""
    from mnist_nn.errors import ConfigError

    points: Points = {}
    for error in ERRORS:
        try:
            points[str(error)] = calibration.operating_point(error)
        except ConfigError:  # out of this model's reach
            points[str(error)] = None
    return points


def _print_document(
    digits: "Calibration",
    calibration: "Calibration | NumberCalibration",
    points: "Points",
    model: Path,
    held_out: int,
    labelled: dict[str, Any] | None,
) -> None:
    from mnist_nn.cli.documents.calibrate import CalibrateDocument, LabelledPictures
    from mnist_nn.evaluation.selective import SELECTIVE
    from mnist_nn.util.documents import as_json

    document = CalibrateDocument.of(
        calibration,
        model=model,
        held_out=held_out,
        temperature=digits.temperature,
        level=SELECTIVE.level,
        max_error=points,
        labelled=LabelledPictures(**labelled) if labelled else None,
    )
    print(as_json(document))


def _print_labelled(found: dict[str, Any], target: Path) -> None:
    say(
        f"Read      {found['answers']:,} numbers in {found['pictures']:,} pictures; {found['right']:,} "
        "of them are right"
    )
    say(f"Tested    on one number from each of {found['tested']:,} {found['unit']}s")
    say(f"Wrote     {target}; use it with: mnist-nn read PATH --model {target}\n")


def _print_points(calibration: "Calibration | NumberCalibration", points: "Points", option: str) -> None:
    from mnist_nn.cli.common.tables import console, percent, print_table, table

    out = console()
    shown = table(option, "accepts", "confidence from")
    for error, point in points.items():
        cells = (percent(point.coverage), f"{point.threshold:.4f}") if point else ("not reachable", "")
        shown.add_row(error, *cells)
    print_table(out, shown)
    out.print("\nOne calibration in 20 may promise too much.")
    if None in points.values():
        more = "held-out images" if option != "--max-error" else "labelled"
        out.print(
            f"\nThe smallest error that can be promised is {calibration.least_error:.4f}; with more {more} "
            "it can be smaller."
        )
