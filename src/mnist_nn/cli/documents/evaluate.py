"""What ``mnist-nn evaluate --json`` prints."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from mnist_nn.util.documents import Count, Document, Interval, OrNull, PathName, Share

if TYPE_CHECKING:
    from mnist_nn.evaluation.metrics import Evaluation


class EvaluateDocument(Document):
    """How good a model was measured to be."""

    model: PathName = Field(description="path of the model file")
    data: str = Field(description="name of the data set, or the folder it was read from")
    split: Literal["test", "train"] = Field(description="which half of the data")
    samples: Count = Field(description="number of images")
    accuracy: Share = Field(description="share of the images that is classified correctly")
    interval: Interval = Field(description="95 % Wilson interval of the accuracy: low, high")
    loss: OrNull[float] = Field(description="mean reported loss per image; null where it is too large for a number")
    loss_name: str = Field(description="name of the reported loss")
    descended: OrNull[float] = Field(
        description="mean per image of the loss that was descended; null where it is too large for a number"
    )
    descended_name: str = Field(description="name of the loss that was descended")
    calibration_error: Share = Field(description="expected calibration error, in 15 bins")
    precision: list[OrNull[Share]] = Field(
        description="for each class, the share of the images classified as it that belong to it; "
        "null where no image was classified as it"
    )
    recall: list[OrNull[Share]] = Field(
        description="for each class, the share of its images that were classified as it; null where it has no images"
    )
    confusion: list[list[Count]] = Field(
        description="number of images: a row for each true class, a column for each predicted class"
    )


def evaluate_document(result: "Evaluation", **measured: Any) -> EvaluateDocument:
    """Make the document of an evaluation; ``measured`` says of which model, data and split."""
    return EvaluateDocument.of(
        result,
        precision=result.precision.tolist(),
        recall=result.recall.tolist(),
        confusion=result.confusion.tolist(),
        **measured,
    )
