"""What ``mnist-nn serve --json`` prints."""

from typing import Annotated

from pydantic import Field

from mnist_nn.util.documents import Document, Ordinal, one_of


class ServeDocument(Document):
    """Where the server listens."""

    url: str = Field(description="address of the server")
    name: str = Field(description="the model's name in requests")
    engine: Annotated[str, one_of(("compiled", "reference"))] = Field(
        description="the engine that answers requests with tensors"
    )
    pid: Ordinal = Field(description="process id, for stopping the server with a signal")
