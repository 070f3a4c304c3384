"""What ``mnist-nn play --json`` prints."""

from pydantic import Field

from mnist_nn.util.documents import Count, Document, PathName


class PlayDocument(Document):
    """Where the playground is running, or where it was written."""

    url: str | None = Field(description="address of the playground; null with `--export`")
    folder: PathName | None = Field(description="the folder that holds the static site; null without `--export`")
    bytes: Count | None = Field(description="size of the static site in bytes; null without `--export`")
    model: PathName | None = Field(description="path of the model to start with; null if each room has its own")
    recordings: list[PathName] = Field(description="paths of the recordings that the time machine shows")
