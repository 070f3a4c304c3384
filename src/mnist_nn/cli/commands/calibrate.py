"""``mnist-nn calibrate``: teach a saved model when to say "I don't know"."""

from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import options

if TYPE_CHECKING:
    from mnist_nn.data import Samples
    from mnist_nn.evaluation.calibration import Calibration, OperatingPoint
    from mnist_nn.model_file.storage import Model

    Points = dict[str, OperatingPoint | None]  # by the limit on the error

ERRORS = (0.002, 0.005, 0.01, 0.02, 0.05)
Seed = Annotated[
    int,
    typer.Option(
        "--seed", help="Random seed of the distortions, and of the pictures that are not digits.", metavar="N"
    ),
]


def calibrate(
    model: options.ModelFile,
    data: options.Data = "mnist",
    seed: Seed = 0,
    json: options.Json = False,
) -> int:
    """Teach a saved model when to say "I don't know".

    It fits the temperature, the score of what is not a digit and the thresholds on the images that training held out,
    and puts them into the model file.

    For example: mnist-nn calibrate mnist-model.safetensors
    """
    from dataclasses import replace

    from mnist_nn.evaluation.calibration_fit import calibrate as fit
    from mnist_nn.model_file.storage import load, save
    from mnist_nn.util import randomness
    from mnist_nn.util.checks import integer

    loaded = load(model)
    held_out = _held_out(loaded, data)
    key = randomness.fold(randomness.key(integer("seed", seed, 0, 2**64 - 1)), randomness.CALIBRATION)
    calibration = fit(loaded.network, held_out, key)
    save(model, replace(loaded, calibration=calibration))
    points = operating_points(calibration)
    if json:
        from mnist_nn.cli.documents.calibrate import CalibrateDocument
        from mnist_nn.util.documents import as_json

        print(as_json(CalibrateDocument.of(calibration, model=model, held_out=len(held_out), max_error=points)))
    else:
        _print(calibration, len(held_out), points)
    return 0


def _held_out(model: "Model", data: str) -> "Samples":
    """Take the images that training held out, and make sure that they are those."""
    from mnist_nn.data import load
    from mnist_nn.errors import ConfigError
    from mnist_nn.training.loop import split

    dataset = load(data)
    if model.training is None or not model.training.validation:
        raise ConfigError(
            "this model has learned from every image it was given, so none is left to calibrate on; "
            "train it with --validation, as with --validation 0.1"
        )
    if model.data and model.data.get("sha256") != dataset.digest:
        raise ConfigError(f"the model was trained on other data ({model.data.get('name')}); give the same --data")
    held_out = split(dataset.train, model.training)[1]
    assert held_out is not None  # noqa: S101 - validation is not 0
    return held_out


def operating_points(calibration: "Calibration") -> "Points":
    """Find what each limit on the error costs; None for one that is out of reach."""
    from mnist_nn.errors import ConfigError

    points: Points = {}
    for error in ERRORS:
        try:
            points[str(error)] = calibration.operating_point(error)
        except ConfigError:  # out of this model's reach
            points[str(error)] = None
    return points


def _print(calibration: "Calibration", held_out: int, points: "Points") -> None:
    from mnist_nn.cli.common.tables import console, percent, table

    out = console()
    out.print(f"Calibrated on {held_out:,} held-out digits, their distorted copies, and what is no digit")
    out.print(f"Temperature  {calibration.temperature:.3f}\n")
    shown = table("--max-error", "accepts", "confidence from")
    for error, point in points.items():
        cells = (percent(point.coverage), f"{point.threshold:.4f}") if point else ("out of reach", "")
        shown.add_row(error, *cells)
    out.print(shown)
    if None in points.values():
        out.print(
            f"\nAt best {calibration.least_error:.4f}; with more images held out a smaller error can be promised."
        )
