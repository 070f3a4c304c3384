"""What ``mnist-nn evaluate --json`` prints."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from mnist_nn.util.documents import Count, Document, Interval, OrNull, PathName, Share

if TYPE_CHECKING:
    from mnist_nn.evaluation.metrics import Evaluation


class EvaluateDocument(Document):
    """The measurements of a model."""

    model: PathName = Field(description="path of the model file")
    data: str = Field(description="name of the data set, or the folder it was read from")
    trained_on: OrNull[str] = Field(
        description="name of the data set that the model was trained on, or its folder; null if the model file "
        "does not say"
    )
    split: Literal["test", "train"] = Field(description="which half of the data")
    samples: Count = Field(description="number of images")
    class_names: tuple[str, ...] | None = Field(
        description="names of the classes, in the order of the lists below; null if the classes are the numbers from 0"
    )
    accuracy: Share = Field(description="share of the images that are classified correctly")
    interval: Interval = Field(description="95 % Wilson interval of the accuracy: low, high")
    loss: OrNull[float] = Field(description="mean reported loss per image; null if it is too large to represent")
    loss_name: str = Field(description="name of the reported loss")
    descended: OrNull[float] = Field(
        description="mean per image of the loss that was descended; null if it is too large to represent"
    )
    descended_name: str = Field(description="name of the loss that was descended")
    calibration_error: Share = Field(description="expected calibration error, computed with 15 bins")
    precision: list[OrNull[Share]] = Field(
        description="for each class, the share of the images classified as it that belong to it; null if no image "
        "was classified as it"
    )
    recall: list[OrNull[Share]] = Field(
        description="for each class, the share of its images that were classified correctly; null if it has no images"
    )
    confusion: list[list[Count]] = Field(
        description="number of images, with one row for each true class and one column for each predicted class"
    )


def evaluate_document(
    result: "Evaluation", class_names: tuple[str, ...] | None = None, **measured: Any
) -> EvaluateDocument:
    """Make the document of an evaluation; ``measured`` names the model, the data and the split."""
    return EvaluateDocument.of(
        result,
        class_names=class_names,
        precision=result.precision.tolist(),
        recall=result.recall.tolist(),
        confusion=result.confusion.tolist(),
        **measured,
    )
