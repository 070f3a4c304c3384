"""What ``mnist-nn train-reader --json`` prints."""

from pydantic import Field

from mnist_nn.cli.documents.calibrate import LeastError, OperatingPoints, Temperature
from mnist_nn.util.documents import Document, NonNegative, Ordinal, PathName


class TrainReaderDocument(Document):
    """How good the new reader is."""

    model: PathName = Field(description="path of the model file")
    epochs: Ordinal = Field(description="number of epochs")
    seconds: NonNegative = Field(description="seconds that the command took")
    temperature: Temperature
    least_error: LeastError
    max_error: OperatingPoints
