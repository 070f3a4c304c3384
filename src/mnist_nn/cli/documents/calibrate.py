"""What ``mnist-nn calibrate --json`` prints, and the part that ``train-reader`` shares with it."""

from typing import Annotated, Literal

from pydantic import Field

from mnist_nn.util.documents import Count, Document, PathName, Positive, Share


class OperatingPoint(Document):
    """A threshold that keeps the error below a limit, and the share of answers that it accepts."""

    threshold: Share = Field(description="the smallest confidence at which an answer is accepted")
    error: Share = Field(
        description="upper end of the exact 95 % interval for the share of accepted answers that are wrong, on "
        "held-out data"
    )
    coverage: Share = Field(description="share of the answers that are accepted")
    accepted: Count = Field(description="number of held-out answers that are accepted")
    wrong: Count = Field(description="number of accepted answers that are wrong")


Temperature = Annotated[
    Positive, Field(description="the temperature, by which the logits are divided before they become probabilities")
]
LeastError = Annotated[Share, Field(description="the smallest error that can be promised, as a share")]
OperatingPoints = Annotated[
    dict[Literal["0.002", "0.005", "0.01", "0.02", "0.05"], OperatingPoint | None],
    Field(
        min_length=5,
        description="for each limit on the error (a share: 0.002 is 0.2 %) the operating point that keeps to it; "
        "null if the model cannot keep to it",
    ),
]


class LabelledPictures(Document):
    """The pictures that a reader's numbers were calibrated on."""

    pictures: Count = Field(description="number of labelled pictures")
    answers: Count = Field(description="number of numbers that were read in these pictures")
    right: Count = Field(description="number of those that were read correctly")
    unit: Literal["writer", "page", "picture"] = Field(
        description="what answers that depend on each other have in common"
    )
    units: Count = Field(description="number of writers, pages or pictures")
    tested: Count = Field(
        description="number of writers, pages or pictures that tested the thresholds, with one answer each"
    )


class CalibrateDocument(Document):
    """The result of a calibration of digits or, with `--labelled`, of numbers."""

    model: PathName = Field(description="path of the model file")
    held_out: Count = Field(
        description="number of held-out images, or of numbers read in labelled pictures, that were used for fitting"
    )
    temperature: Temperature
    level: Share = Field(description="share of calibrations that may promise too much")
    least_error: LeastError
    max_error: OperatingPoints
    labelled: LabelledPictures | None = Field(
        description="the labelled pictures on which numbers were calibrated; null without `--labelled`"
    )
