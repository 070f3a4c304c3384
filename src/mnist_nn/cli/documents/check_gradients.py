"""What ``mnist-nn check-gradients --json`` prints."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from mnist_nn.util.documents import Count, Document, NonNegative, Ordinal, OrNull

if TYPE_CHECKING:
    from mnist_nn.evaluation.gradient_check import GradientReport, GroupCheck


class ParameterGroup(Document):
    """The weights or the biases of one layer."""

    name: Annotated[str, Field(pattern="^[Wb][0-9]+$")] = Field(description="`W1`, `b1` and so on")
    shape: tuple[Ordinal, ...] = Field(description="shape of the array")
    error: OrNull[NonNegative] = Field(
        description="distance between both lists of derivatives, relative to their lengths; "
        "null where it is too large for a number"
    )
    skipped: Count = Field(description="number of entries left out because a ReLU kink lies within the difference")
    entries: list[Count] = Field(description="flat indices of the entries that were checked")
    analytic: list[OrNull[float]] = Field(description="the derivatives that the update used")
    numeric: list[OrNull[float]] = Field(description="the same derivatives by central differences")


class CheckGradientsDocument(Document):
    """How far the gradients are from numerical ones."""

    passed: bool = Field(description="whether the gradients agree; the exit code is 1 if they do not")
    reported: str = Field(description="name of the loss that is printed")
    descends: str | None = Field(
        description="name of the loss whose gradient the update follows; null if it follows none of the candidates"
    )
    candidates: dict[str, OrNull[NonNegative]] = Field(
        description="for each loss, by its name, the relative distance of the update from its gradient"
    )
    groups: list[ParameterGroup] = Field(description="the weights and the biases of each layer")


def check_gradients_document(report: "GradientReport") -> CheckGradientsDocument:
    """Make the document of what was compared."""
    groups = [_group(group) for group in report.groups]
    return CheckGradientsDocument.of(report, reported=report.reported_name, groups=groups)


def _group(group: "GroupCheck") -> ParameterGroup:
    return ParameterGroup.of(
        group, entries=group.entries.tolist(), analytic=group.analytic.tolist(), numeric=group.numeric.tolist()
    )
