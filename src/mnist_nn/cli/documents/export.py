"""What ``mnist-nn export --json`` prints."""

from typing import Annotated

from pydantic import Field

from mnist_nn.util.documents import Count, Document, NonNegative, PathName, one_of

Format = Annotated[str, one_of(("onnx", "html", "c", "safetensors", "npz"))]


class ExportDocument(Document):
    """The file that was written."""

    model: PathName = Field(description="path of the model file")
    format: Format = Field(description="the format")
    file: PathName = Field(description="path of the file that was written")
    bytes: Count = Field(description="size of the file in bytes")
    rounding: NonNegative | None = Field(
        description="the largest change in a probability of a test picture that was caused by rounding float64 "
        "weights to float32; null if nothing was rounded"
    )
