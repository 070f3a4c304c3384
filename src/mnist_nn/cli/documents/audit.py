"""What ``mnist-nn audit --json`` prints."""

from pydantic import Field

from mnist_nn.util.documents import Count, Document, PathName, Share


class AuditDocument(Document):
    """A sample of accepted answers, and what the checked ones prove."""

    file: PathName = Field(description="path of the sample")
    accepted: Count | None = Field(
        description="number of accepted answers that the sample was drawn from; null once the sample is filled in"
    )
    sampled: Count = Field(description="number of answers in the sample")
    checked: Count = Field(description="number of these answers that a person has checked")
    wrong: Count = Field(description="number of the checked answers that are wrong")
    bound: Share = Field(
        description="upper end of the exact 95 % interval for the share of wrong answers; 1 if nothing was checked"
    )
    max_error: Share = Field(description="the share of wrong answers to stay below")
    proved: bool = Field(description="whether the bound is at or below that share; if it is not, the exit code is 1")
