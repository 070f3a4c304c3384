"""What ``mnist-nn report --json`` prints."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from mnist_nn.util.documents import Count, Document, Interval, OrNull, PathName, Share

if TYPE_CHECKING:
    from mnist_nn.report import Report


LABELS = 100  # of which the document says how doubtful they are


class OmittedSection(Document):
    """A section that is not in the report."""

    section: str = Field(description="name of the section")
    reason: str = Field(description="why the section is missing, and how to get it")


class RobustnessCurve(Document):
    """The accuracy on distorted test images."""

    kind: str = Field(description="`rotation` in degrees, `shift` in pixels, or `noise` with its standard deviation")
    amounts: tuple[float, ...] = Field(description="how strong the distortion is, step by step")
    accuracy: tuple[Share, ...] = Field(description="share of the distorted images that are classified correctly")
    samples: Count = Field(description="number of test images that were distorted")


class DoubtfulLabel(Document):
    """A test image whose label may be wrong."""

    row: Count = Field(description="number of the test image, from 0")
    label: Count = Field(description="its label")
    suggested: Count = Field(description="the most probable other class")
    margin: float = Field(description="probability of the label minus that of the suggested class, from -1 to 1")
    confident: bool = Field(description="whether confident learning counts the image as another class")


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
    robustness: list[RobustnessCurve] = Field(
        description="accuracy on turned, shifted and noisy test images; empty if these are not pictures"
    )
    labels: list[DoubtfulLabel] = Field(
        description="the hundred test images whose labels are most likely wrong, the most likely first"
    )
    sections: tuple[str, ...] = Field(description="names of the sections, in order")
    left_out: list[OmittedSection] = Field(description="sections that cannot be shown for this model")


def report_document(report: "Report", **written: Any) -> ReportDocument:
    """Make the document of a report; ``written`` names its model and data, and the path and size of its file."""
    left_out = [OmittedSection(section=name, reason=reason) for name, reason in report.left_out.items()]
    curves = [
        RobustnessCurve(
            kind=curve.kind,
            amounts=tuple(curve.amounts.tolist()),
            accuracy=tuple(curve.accuracy.tolist()),
            samples=curve.samples,
        )
        for curve in report.robustness
    ]
    return ReportDocument.of(
        report.evaluation,
        robustness=curves,
        labels=_list_labels(report),
        sections=tuple(report.sections),
        left_out=left_out,
        **written,
    )


def _list_labels(report: "Report") -> list[DoubtfulLabel]:
    found = report.label_errors
    if found is None:
        return []
    return [
        DoubtfulLabel(
            row=int(found.rows[rank]),
            label=int(found.labels[rank]),
            suggested=int(found.suggested[rank]),
            margin=float(found.margin[rank]),
            confident=bool(found.confident[rank]),
        )
        for rank in range(min(LABELS, len(found.rows)))
    ]
