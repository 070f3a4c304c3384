"""What ``mnist-nn predict --json`` prints."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic import Field, RootModel

from mnist_nn.util.documents import Count, Document, PathName, Share

if TYPE_CHECKING:
    from mnist_nn.cli.commands.predict import Row


class Prediction(Document):
    """A picture that could be read."""

    file: PathName = Field(description="path of the picture, as it was given")
    label: Count | None = Field(alias="class", description="the predicted class; null for a blank picture")
    name: str | None = Field(description="the name of that class; null for a blank picture")
    inverted: bool = Field(description="whether the picture was dark on light and was inverted")
    probabilities: list[Share] = Field(description="the probability of each class; they sum to 1")


class PredictionError(Document):
    """A picture that could not be read."""

    file: PathName = Field(description="path of the picture, as it was given")
    error: str = Field(description="what is wrong with it")


class PredictDocument(RootModel[list[Prediction | PredictionError]]):
    """What the network predicts for each picture: one element per picture, in the order given."""


def predict_document(rows: "Iterable[Row]") -> PredictDocument:
    """Make the document from the results for each picture."""
    return PredictDocument([PredictionError.of(row) if row.error else Prediction.of(row) for row in rows])
