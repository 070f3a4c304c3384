"""What ``mnist-nn check-gradients --json`` prints."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from mnist_nn.util.documents import Count, Document, NonNegative, Ordinal, OrNull

if TYPE_CHECKING:
    from mnist_nn.evaluation.gradient_check import GradientReport, GroupCheck


class ParameterGroup(Document):
    """The weights or the biases of one layer, or the logits z of the output layer."""

    name: Annotated[str, Field(pattern="^([Wb][0-9]+|z)$")] = Field(
        description="`W1`, `b1` and so on; with `--lines` also `z`, the logits at every step"
    )
    shape: tuple[Ordinal, ...] = Field(description="shape of the array")
    error: OrNull[NonNegative] = Field(
        description="distance between the two lists of derivatives, relative to their norms; null if it is too "
        "large to represent"
    )
    skipped: Count = Field(
        description="number of entries that were skipped because a ReLU kink lies within the difference"
    )
    entries: list[Count] = Field(description="flat indices of the entries that were checked")
    analytic: list[OrNull[float]] = Field(description="the derivatives that the update used")
    numeric: list[OrNull[float]] = Field(description="the same derivatives, computed by central differences")


class CheckGradientsDocument(Document):
    """How far the gradients are from numerical derivatives."""

    passed: bool = Field(description="whether the gradients agree; if they do not, the exit code is 1")
    reported: str = Field(description="name of the loss that is printed")
    descends: str | None = Field(
        description="name of the loss whose gradient the update follows; null if it follows none of the candidates"
    )
    candidates: dict[str, OrNull[NonNegative]] = Field(
        description="for each loss, by name, the relative distance between the update and the gradient of that loss"
    )
    groups: list[ParameterGroup] = Field(description="the weights and biases of each layer, after `z` if it is there")


def check_gradients_document(report: "GradientReport") -> CheckGradientsDocument:
    """Make the document from a comparison."""
    groups = [_group(group) for group in report.groups]
    return CheckGradientsDocument.of(report, reported=report.reported_name, groups=groups)


def _group(group: "GroupCheck") -> ParameterGroup:
    return ParameterGroup.of(
        group, entries=group.entries.tolist(), analytic=group.analytic.tolist(), numeric=group.numeric.tolist()
    )
