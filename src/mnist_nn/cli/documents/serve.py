"""What ``mnist-nn serve --json`` prints."""

from typing import Annotated

from pydantic import Field

from mnist_nn.util.documents import Document, Ordinal, one_of


class ServeDocument(Document):
    """Where the server listens."""

    url: str = Field(description="address of the server")
    name: str = Field(description="the model's name in requests")
    engine: Annotated[str, one_of(("compiled", "reference"))] = Field(
        description="the engine that computes responses to tensors"
    )
    pid: Ordinal = Field(description="number of the process, to stop it by a signal")
