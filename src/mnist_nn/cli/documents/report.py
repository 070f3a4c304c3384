"""What ``mnist-nn report --json`` prints."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from mnist_nn.util.documents import Count, Document, Interval, OrNull, PathName, Share

if TYPE_CHECKING:
    from mnist_nn.report import Report


class OmittedSection(Document):
    """A section that is missing."""

    section: str = Field(description="name of the section")
    reason: str = Field(description="why the section is missing, and how to get it")


class ReportDocument(Document):
    """The report that was written, and what is in it."""

    model: PathName = Field(description="path of the model file")
    data: str = Field(description="name of the data set, or the folder it was read from")
    trained_on: OrNull[str] = Field(
        description="name of the data set that the model was trained on, or its folder; null if the model file "
        "does not say"
    )
    file: PathName = Field(description="path of the report")
    bytes: Count = Field(description="size of the report in bytes")
    samples: Count = Field(description="number of test images")
    accuracy: Share = Field(description="share of the test images that are classified correctly")
    interval: Interval = Field(description="95 % Wilson interval of the accuracy: low, high")
    sections: tuple[str, ...] = Field(description="names of the sections, in order")
    left_out: list[OmittedSection] = Field(description="sections that cannot be shown for this model")


def report_document(report: "Report", **written: Any) -> ReportDocument:
    """Make the document of a report; ``written`` names its model and data, and the path and size of its file."""
    left_out = [OmittedSection(section=name, reason=reason) for name, reason in report.left_out.items()]
    return ReportDocument.of(report.evaluation, sections=tuple(report.sections), left_out=left_out, **written)
