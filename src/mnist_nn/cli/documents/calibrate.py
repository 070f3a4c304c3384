"""What ``mnist-nn calibrate --json`` prints, and what ``train-reader`` has in common with it."""

from typing import Annotated, Literal

from pydantic import Field

from mnist_nn.util.documents import Count, Document, PathName, Positive, Share


class OperatingPoint(Document):
    """What it takes to keep the error below a limit."""

    threshold: Share = Field(description="the confidence from which on a digit is accepted")
    error: Share = Field(
        description="share of the accepted digits that is wrong: upper end of its 95 % interval on held-out data"
    )
    coverage: Share = Field(description="share of the digits that is accepted")


Temperature = Annotated[
    Positive, Field(description="what the weighted inputs are divided by before they become probabilities")
]
LeastError = Annotated[Share, Field(description="the smallest error that can be promised, as a share")]
OperatingPoints = Annotated[
    dict[Literal["0.002", "0.005", "0.01", "0.02", "0.05"], OperatingPoint | None],
    Field(
        min_length=5,
        description="for each limit on the error (a share: 0.002 is 0.2 %) the operating point that keeps to it; "
        "null where the model cannot",
    ),
]


class CalibrateDocument(Document):
    """What calibration found."""

    model: PathName = Field(description="path of the model file")
    held_out: Count = Field(description="number of held-out images that it was fitted on")
    temperature: Temperature
    least_error: LeastError
    max_error: OperatingPoints
